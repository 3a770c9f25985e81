using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<FacesCollection>]
public sealed class BillingProfileTests(FacesDesk desk)
{
    private static readonly object Valid = new
    {
        legalName = "PT Contoh", address = "Jl. Satu\nJakarta", taxId = "01.234", email = "a@example.com", locale = "id", methods = new[] { "gopay", "bank_transfer" },
    };

    // One red pixel would be too small; this is 16 by 16.
    private const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg==";

    [Fact]
    public async Task A_tenant_that_has_said_nothing_has_its_name_and_all_methods()
    {
        var payer = await desk.WelcomeAsync("invoices:read");
        var profile = await payer.GetAsync("v1/billing-profile");

        Assert.Equal(("Toko & Anak <Jakarta>", "id", 7), ((string)profile["legalName"]!, (string)profile["locale"]!, profile["methods"]!.AsArray().Count));
    }

    [Fact]
    public async Task It_is_read_as_it_was_put()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var put = await payer.SendAsync(HttpMethod.Put, "v1/billing-profile", Valid);

        Assert.Equal(put.ToJsonString(), (await payer.GetAsync("v1/billing-profile")).ToJsonString());
        Assert.Equal(["gopay", "bank_transfer"], put["methods"]!.AsArray().Select(method => (string)method!));
    }

    [Theory]
    [InlineData("invoices:read")]
    [InlineData("payments:*")]
    public async Task Only_who_may_changes_it(string permission)
    {
        var payer = await desk.WelcomeAsync(permission);
        using var answer = await payer.Billing.PutAsJsonAsync("v1/billing-profile", Valid);
        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "PERMISSION_DENIED");
    }

    [Theory]
    [InlineData("cash", "UNKNOWN_METHOD")]
    [InlineData("gopay", "METHOD_TWICE")]
    public async Task Methods_are_known_ones_once_each(string method, string code)
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        using var answer = await payer.Billing.PutAsJsonAsync(
            "v1/billing-profile", new { legalName = "PT Contoh", locale = "id", methods = new[] { "gopay", method } });
        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task An_address_has_six_lines_at_most_however_long_they_are()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var tooLong = new string('a', 380) + "\na\r\na\na\na\na\na";
        using var refused = await payer.Billing.PutAsJsonAsync(
            "v1/billing-profile", new { legalName = "PT Contoh", locale = "id", methods = new[] { "gopay" }, address = tooLong });
        await Problem.AssertAsync(refused, HttpStatusCode.BadRequest, "ADDRESS_TOO_LONG");
        await payer.SendAsync(
            HttpMethod.Put, "v1/billing-profile",
            new { legalName = "PT Contoh", locale = "id", methods = new[] { "gopay" }, address = tooLong[..^2] + "\r\n\n" });
    }

    [Fact]
    public async Task A_logo_is_kept_shown_and_taken_away()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var put = await payer.SendAsync(HttpMethod.Put, "v1/billing-profile/logo", new { data = Png });

        Assert.True((bool)put["hasLogo"]!);
        Assert.Equal(Convert.FromBase64String(Png), await payer.Billing.GetByteArrayAsync("v1/billing-profile/logo"));
        using var gone = await payer.Billing.DeleteAsync("v1/billing-profile/logo");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.False((bool)(await payer.GetAsync("v1/billing-profile"))["hasLogo"]!);
    }

    [Theory]
    [InlineData("bm90IGEgcGljdHVyZQ==")]
    [InlineData("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BA")]
    public async Task What_no_document_can_show_is_no_logo(string data)
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        using var answer = await payer.Billing.PutAsJsonAsync("v1/billing-profile/logo", new { data });
        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "INVALID_LOGO");
    }
}
