using CsCheck;
using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Tests.Unit.Shared.Auth;

public sealed class PermissionTests
{
    private static readonly Gen<string> AnyPermission = Gen.OneOf(
        "*", "invoices:*", "invoices:read", "invoices:write", "payments:*", "payments:read", "inv:*", "inv:read");

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

    [Theory]
    [InlineData("invoices:*", "*", false)]
    [InlineData("invoices:read", "invoices:*", false)]
    [InlineData("invoices:*", "invoices:*", true)]
    [InlineData("invoices:*", "invoices:read", true)]
    [InlineData("*", "*", true)]
    [InlineData("*", "payments:*", true)]
    public void Nobody_passes_on_more_than_he_holds(string granted, string wanted, bool covered) =>
        Assert.Equal(covered, Permission.Covers([granted], [wanted]));

    [Theory]
    [InlineData("invoices:read", "invoices:read payments:read *", "payments:read")]
    [InlineData("invoices:*", "invoices:read *", "*")]
    [InlineData("*", "* payments:read", null)]
    public void The_first_that_somebody_lacks_is_named(string granted, string wanted, string? lacking) =>
        Assert.Equal(lacking, Permission.Lacking([granted], wanted.Split(' ')));

    [Fact]
    public void Whoever_is_given_what_another_holds_may_nothing_that_the_other_may_not() =>
        Gen.Select(AnyPermission.Array[0, 4], AnyPermission.Array[0, 4], AnyPermission.Where(one => !one.Contains('*'))).Sample((granted, wanted, needed) =>
        {
            Assert.True(Permission.Covers(granted, granted));
            if (Permission.Covers(granted, wanted) && Permission.Allows(wanted, needed))
                Assert.True(Permission.Allows(granted, needed));
        });

    [Theory]
    [InlineData("*", true)]
    [InlineData("invoices:*", true)]
    [InlineData("audit-log:read", true)]
    [InlineData("invoices", false)]
    [InlineData("*:read", false)]
    [InlineData("**", false)]
    [InlineData("Invoices:read", false)]
    [InlineData("invoices:read\n", false)]
    [InlineData("invoices:read:all", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_permission_reads_area_and_act(string? text, bool wellFormed) => Assert.Equal(wellFormed, Permission.IsWellFormed(text));
}
