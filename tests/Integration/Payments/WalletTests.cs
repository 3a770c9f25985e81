using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<RelayCollection>]
public sealed class WalletTests(RelayDesk desk)
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_wallet_that_cannot_be_read_now_is_charged_later_and_its_payment_has_not_failed()
    {
        using var payer = await desk.SignInAsync(user);
        var request = PaymentsDesk.By("gopay", user, more: new { paymentMethodId = await LinkAsync(payer) });
        string id;
        using (desk.Relay.Answer("GET", "/v2/pay/account/", RelayAnswer.Code(503)))
        {
            var (status, refused) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "PROVIDER_UNAVAILABLE"), (status, (string?)refused!["code"]));
            id = await PaymentAsync("id::text");
            Assert.Equal("pending", (string?)(await desk.ReadAsync(id))["status"]);
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        await desk.WaitForStatusAsync(id, "success");
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync(id));
    }

    [Fact]
    public async Task A_charge_that_was_found_without_its_link_is_not_withdrawn_because_its_wallet_cannot_be_read()
    {
        using var payer = await desk.SignInAsync(user);
        var request = PaymentsDesk.By("gopay", user, invoice: Guid.CreateVersion7(), more: new { paymentMethodId = await LinkAsync(payer) });
        using var outage = desk.Relay.Answer("GET", "/v2/pay/account/", RelayAnswer.Code(503));
        await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);
        var order = await PaymentAsync("order_id");
        await desk.ControlAsync($"inject?serverKey={PaymentsDesk.ServerKey}", new
        {
            order_id = order, payment_type = "gopay", gross_amount = "531690.00", transaction_status = "pending", currency = "IDR",
        });
        await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);

        Assert.DoesNotContain(desk.Relay.Calls, call => call.Path.Contains($"{order}/cancel", StringComparison.Ordinal));
        Assert.Equal("pending", await PaymentAsync("status"));
    }

    [Fact]
    public async Task A_wallet_that_is_linked_already_is_the_one_that_is_kept()
    {
        using var payer = await desk.SignInAsync(user);
        var account = $"{Guid.NewGuid()}";
        var link = new { method = "gopay", phoneNumber = "81234567890" };
        JsonNode? first;
        using (desk.Relay.Answer("POST", "/v2/pay/account", Account("PENDING")))
            (_, first) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", link);
        using var enabled = desk.Relay.Answer("POST", "/v2/pay/account", Account("ENABLED"));
        var (status, again) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", link);

        Assert.Equal((HttpStatusCode.Created, (string?)first!["id"]), (status, (string?)again!["id"]));
        Assert.Equal(("pending", "enabled", true), ((string?)first["state"], (string?)again["state"], (bool)again["isDefault"]!));
        Assert.Equal(HttpStatusCode.OK, (await payer.GetAsync($"v1/payment-methods/{again["id"]}")).StatusCode);

        RelayAnswer Account(string state) => new(200, $$"""{"status_code":"201","account_id":"{{account}}","account_status":"{{state}}"}""");
    }

    private async Task<string> LinkAsync(HttpClient payer)
    {
        var (_, wallet) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", new { method = "gopay", phoneNumber = "81234567890" });
        await desk.Midtrans.GetStringAsync((string?)wallet!["activationUrl"]);
        var enabled = JsonNode.Parse(await payer.GetStringAsync($"v1/payment-methods/{wallet["id"]}"))!;
        Assert.Equal("enabled", (string?)enabled["state"]);
        return (string)wallet["id"]!;
    }

    private async Task<string> PaymentAsync(string column) => Assert.Single(await desk.QueryAsync<string>(
        $"select {column} from payment_management.payment_transactions where user_id = @user", new { user }));
}
