using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ServerlessBusiness.Tests.Integration.Billing;

namespace ServerlessBusiness.Tests.Browser;

public sealed partial class PayPageTests(BrowserDesk desk, ITestOutputHelper output) : IClassFixture<BrowserDesk>
{
    [Fact]
    public async Task From_the_link_in_the_mail_to_paid_on_a_phone()
    {
        BrowserDesk.RequireChromium();
        var payer = await WelcomeAsync();
        await payer.BillAsync();
        await using var visitor = await desk.OnPhoneAsync();
        await visitor.Page.GotoAsync(await LinkInMailAsync(payer));

        await visitor.SeeAsync("Bagaimana Anda ingin membayar?");
        Assert.Equal("Rp\u00a03.833.334", await visitor.Page.Locator(".amount").InnerTextAsync());
        await visitor.PictureAsync("phone-1-choose");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "BCA" }).ClickAsync();

        await visitor.SeeAsync("Menunggu pembayaran Anda");
        var number = await visitor.Page.Locator(".field .code").First.InnerTextAsync();
        Assert.Matches("^[0-9]{6,}$", number);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Salin" }).First.ClickAsync();
        await visitor.SeeAsync("Tersalin");
        Assert.Equal(number, await visitor.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Matches(@"\d\d:\d\d:\d\d$", await visitor.Page.Locator("[data-left]").InnerTextAsync());
        await visitor.PictureAsync("phone-2-pay");

        await TurnsPaidAsync(visitor, payer, "Terima kasih. Pembayaran Anda sudah kami terima.");
        await visitor.PictureAsync("phone-3-paid");
        // The link is a key: what is kept of the message does not hold it.
        Assert.Empty(await desk.Faces.QueryAsync<Guid>(
            "select id from notification_management.notification_history as line where tenant_id = @Tenant and line::text like '%/v1/pay/%'",
            new { payer.Tenant }));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task Without_scripts_on_a_desktop_by_QR_code()
    {
        BrowserDesk.RequireChromium();
        var payer = await WelcomeAsync();
        var invoice = await payer.BillAsync(29.99m, "USD");
        await desk.Faces.ExecuteAsync(
            """
            insert into payment_management.fx_quotes (tenant_id, id, from_currency, rate, source, quoted_at, valid_until, created_at)
            values (@Tenant, gen_random_uuid(), 'USD', 16650, 'test', now(), now() + interval '1 year', now())
            """,
            new { payer.Tenant });
        await using var visitor = await desk.OnDesktopAsync(withScripts: false);
        await visitor.Page.GotoAsync(Address(payer, invoice, "en"));

        await visitor.SeeAsync("How would you like to pay?");
        await visitor.PictureAsync("desktop-1-choose");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "GoPay" }).ClickAsync();
        await visitor.SeeAsync("Scan this code with your app.");
        Assert.True(await visitor.Page.Locator("img.qr").EvaluateAsync<bool>("image => image.naturalWidth > 50"));
        Assert.Equal(0, await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).CountAsync());
        await visitor.PictureAsync("desktop-2-pay");

        await TurnsPaidAsync(visitor, payer, "Thank you. We have received your payment.");
        await visitor.PictureAsync("desktop-3-paid");
    }

    [Fact]
    public async Task Another_way_to_pay_can_be_chosen()
    {
        BrowserDesk.RequireChromium();
        var payer = await WelcomeAsync();
        var invoice = await payer.BillAsync();
        await using var visitor = await desk.OnDesktopAsync();
        await visitor.Page.GotoAsync(Address(payer, invoice, "en"));

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Mandiri" }).ClickAsync();
        await visitor.SeeAsync("Bill key");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Pay in another way" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Indomaret" }).ClickAsync();
        await visitor.SeeAsync("Payment code");
        await visitor.PictureAsync("desktop-4-counter");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task Links_that_are_of_no_use_say_so()
    {
        BrowserDesk.RequireChromium();
        var payer = await WelcomeAsync();
        var invoice = await payer.BillAsync();
        await using var visitor = await desk.OnPhoneAsync();

        await visitor.Page.GotoAsync(Address(payer, invoice, "id", desk.Faces.Now.AddSeconds(-1)));
        await visitor.SeeAsync("Tautan ini sudah kedaluwarsa");
        await visitor.PictureAsync("phone-4-expired");
        await visitor.Page.GotoAsync(Address(payer, invoice, "id").Replace("?", "x?", StringComparison.Ordinal));
        await visitor.SeeAsync("Tautan ini tidak berfungsi");
        await payer.SendAsync(HttpMethod.Post, $"v1/invoices/{invoice}/cancel", new { reason = "a mistake" });
        await visitor.Page.GotoAsync(Address(payer, invoice, "id"));
        await visitor.SeeAsync("Tagihan ini dibatalkan.");
        await visitor.PictureAsync("phone-5-cancelled");
        Assert.Equal(0, await visitor.Page.GetByRole(AriaRole.Button).CountAsync());
    }

    private async Task<BilledUser> WelcomeAsync()
    {
        var payer = await desk.Faces.WelcomeAsync("invoices:*");
        await desk.Faces.ExecuteAsync(
            """
            insert into notification_management.user_notification_preferences (tenant_id, id, user_id, email, first_name, locale, created_at, updated_at)
            values (@Tenant, gen_random_uuid(), @User, @email, 'Budi', 'id', now(), now())
            """,
            new { payer.Tenant, payer.User, email = Email(payer) });
        return payer;
    }

    private async Task<string> LinkInMailAsync(BilledUser payer)
    {
        using var mail = new HttpClient { BaseAddress = desk.Faces.Apps.Mail };
        string? link = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var messages = JsonNode.Parse(await mail.GetStringAsync($"control/messages?to={Email(payer)}"))!.AsArray();
                link = messages.Select(message => Link().Match((string)message!["text"]!)).FirstOrDefault(match => match.Success)?.Value;
                return link is not null;
            },
            "No mail brought the invoice's link.");
        return link!;
    }

    // The transfer arrives while the page is open, and nobody touches it.
    private async Task TurnsPaidAsync(Visitor visitor, BilledUser payer, string text)
    {
        var order = Assert.Single(await desk.Faces.QueryAsync<string>(
            "select order_id from payment_management.payment_transactions where tenant_id = @Tenant and status = 'pending'", new { payer.Tenant }));
        await desk.Faces.SettleAsync(order);
        var since = Stopwatch.StartNew();
        await visitor.SeeAsync(text);
        output.WriteLine($"Paid on the page {since.ElapsedMilliseconds} ms after settlement.");
    }

    private string Address(BilledUser payer, Guid invoice, string language, DateTimeOffset? expires = null) =>
        $"{desk.Faces.Apps.Endpoints.Url(Local.Stack.FunctionApp.Billing)}/v1/pay/{desk.Faces.PayToken(payer.Tenant, invoice, expires)}?lang={language}";

    private static string Email(BilledUser payer) => $"{payer.Tenant}@example.com";

    [GeneratedRegex(@"https?://\S+/v1/pay/\S+")]
    private static partial Regex Link();
}
