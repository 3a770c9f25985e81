using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<RelayCollection>]
public sealed class WalletTests(RelayDesk desk)
{
    private readonly Guid user = Guid.CreateVersion7();
    private readonly int callsBefore = desk.Relay.Calls.Count;

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

    [Fact]
    public async Task A_deleted_users_methods_are_forgotten_and_his_wallet_is_unlinked_once_the_provider_answers()
    {
        using var payer = await desk.SignInAsync(user);
        await LinkAsync(payer);
        using (desk.Relay.Answer("POST", "/unbind", RelayAnswer.Code(503)))
        {
            await desk.PublishAsync(new UserDeleted(user));
            await PaymentsDesk.WaitForAsync(() => Task.FromResult(Unlinked() > 0), "The wallet was not unlinked.");
            Assert.Empty(JsonNode.Parse(await payer.GetStringAsync("v1/payment-methods"))!["items"]!.AsArray());
            Assert.Equal([""], await desk.QueryAsync<string>(
                "select encrypted_data || display from payment_management.user_payment_methods where user_id = @user", new { user }));
        }

        Assert.Equal(1, await DueAsync());
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(5));
        await PaymentsDesk.WaitForAsync(async () => await DueAsync() == 0, "The wallet stayed linked.");
        Assert.Equal(2, Unlinked());
    }

    [Fact]
    public async Task A_wallet_that_cannot_be_unlinked_now_is_deleted_all_the_same_and_unlinked_later()
    {
        using var payer = await desk.SignInAsync(user);
        var wallet = await LinkAsync(payer);
        using (desk.Relay.Answer("POST", "/unbind", RelayAnswer.Code(503)))
            Assert.Equal(HttpStatusCode.NoContent, (await payer.DeleteAsync($"v1/payment-methods/{wallet}")).StatusCode);

        Assert.Equal(1, await DueAsync());
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(5));
        await PaymentsDesk.WaitForAsync(async () => await DueAsync() == 0, "The wallet stayed linked.");
    }

    [Fact]
    public async Task A_wallet_that_is_linked_again_before_it_was_unlinked_stays_linked()
    {
        using var payer = await desk.SignInAsync(user);
        var link = new { method = "gopay", phoneNumber = "81234567890" };
        using var account = desk.Relay.Answer(
            "POST", "/v2/pay/account", new RelayAnswer(200, $$"""{"status_code":"201","account_id":"{{Guid.NewGuid()}}","account_status":"ENABLED"}"""));
        using var outage = desk.Relay.Answer("POST", "/unbind", RelayAnswer.Code(503));
        var (_, first) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", link);
        await payer.DeleteAsync($"v1/payment-methods/{first!["id"]}");
        Assert.Equal(1, await DueAsync());
        var (status, second) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", link);

        Assert.Equal((HttpStatusCode.Created, "enabled"), (status, (string?)second!["state"]));
        Assert.NotEqual((string?)first["id"], (string?)second["id"]);
        Assert.Equal(0, await DueAsync());
    }

    private int Unlinked() => desk.Relay.Calls.Skip(callsBefore).Count(call => call.Path.EndsWith("/unbind", StringComparison.Ordinal));

    private async Task<long> DueAsync() => Assert.Single(await desk.QueryAsync<long>(
        "select count(*) from payment_management.wallet_unlinks where user_id = @user", new { user }));

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
