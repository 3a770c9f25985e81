using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Tests.Unit.Shared.Auth;

public sealed class PermissionTests
{
    [Theory]
    [InlineData("invoices:read", "invoices:read", true)]
    [InlineData("invoices:*", "invoices:read", true)]
    [InlineData("*", "invoices:read", true)]
    [InlineData("invoices:write", "invoices:read", false)]
    [InlineData("invoices", "invoices:read", false)]
    [InlineData("inv:*", "invoices:read", false)]
    [InlineData("", "invoices:read", false)]
    public void A_permission_allows_itself_and_a_star_its_area(string granted, string needed, bool allowed)
    {
        Assert.Equal(allowed, Permission.Allows([granted], needed));
    }
}
