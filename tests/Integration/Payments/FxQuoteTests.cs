using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class FxQuoteTests(PaymentsDesk desk)
{
    [Fact]
    public async Task Dollars_are_charged_in_rupiah_by_a_stored_quote_and_told_as_the_invoice_asked()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        var (_, quote) = await AddAsync(billing, 16650);
        var (_, payment) = await PaymentsDesk.PostAsync(billing, "v1/payments", Dollars());
        await desk.ControlAsync($"transactions/{payment!["orderId"]}/settle");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/refund", new { refundKey = "all" });

        Assert.Equal((29.99m, "USD"), ((decimal)payment["amount"]!["amount"]!, (string?)payment["amount"]!["currency"]));
        Assert.Equal((499334m, "IDR"), ((decimal)payment["charged"]!["amount"]!, (string?)payment["charged"]!["currency"]));
        Assert.Equal((string?)quote!["id"], (string?)payment["quoteId"]);
        Assert.Equal(["PaymentSucceeded", "PaymentRefunded"], await desk.FactsAsync((string)payment["id"]!));
        var told = await desk.QueryAsync<string>(
            "select body from local_broker.messages where path like 'business-events/%' and body like @part",
            new { part = $"%{payment["id"]}%" });
        Assert.All(told, body => Assert.Contains("29.99", body));
    }

    [Fact]
    public async Task Without_a_rate_that_holds_now_dollars_are_refused_before_anything_is_written()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        var (status, refused) = await PaymentsDesk.PostAsync(billing, "v1/payments", Dollars());

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "FX_RATE_MISSING"), (status, (string?)refused!["code"]));
        Assert.Empty(JsonNode.Parse(await billing.GetStringAsync("v1/payments"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task A_newer_quote_counts_for_new_charges_and_leaves_open_ones_as_they_are()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        await AddAsync(billing, 16000);
        var request = Dollars();
        var (_, before) = await PaymentsDesk.PostAsync(billing, "v1/payments", request);
        await AddAsync(billing, 17000);
        var (_, same) = await PaymentsDesk.PostAsync(billing, "v1/payments", request);
        var (_, after) = await PaymentsDesk.PostAsync(billing, "v1/payments", Dollars());

        Assert.Equal((479840m, 479840m, 509830m), (Charged(before), Charged(same), Charged(after)));
    }

    [Fact]
    public async Task Asking_again_once_the_rate_is_over_finds_the_open_payment_and_after_it_the_paid_invoice()
    {
        var tenant = await desk.NewTenantAsync();
        using var billing = desk.As(tenant);
        await AddAsync(billing, 16000);
        var request = Dollars();
        var (_, open) = await PaymentsDesk.PostAsync(billing, "v1/payments", request);
        await desk.QueryAsync<int>(
            "update payment_management.fx_quotes set valid_until = quoted_at + interval '1 microsecond' where tenant_id = @tenant", new { tenant });
        var (status, same) = await PaymentsDesk.PostAsync(billing, "v1/payments", request);
        await desk.ControlAsync($"transactions/{open!["orderId"]}/settle");
        await PaymentsDesk.WaitForAsync(
            async () => (string?)JsonNode.Parse(await billing.GetStringAsync($"v1/payments/{open["id"]}"))!["status"] == "success", "It was not paid.");
        var (_, refused) = await PaymentsDesk.PostAsync(billing, "v1/payments", request);

        Assert.Equal((HttpStatusCode.Created, (string?)open["id"]), (status, (string?)same!["id"]));
        Assert.Equal("INVOICE_ALREADY_PAID", (string?)refused!["code"]);
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> AddAsync(HttpClient client, decimal rate) => PaymentsDesk.PostAsync(
        client, "v1/fx-quotes", new { from = "USD", rate, source = "test", validUntil = desk.Apps.Clock.Now.AddDays(1) });

    private static decimal Charged(JsonNode? payment) => (decimal)payment!["charged"]!["amount"]!;

    private static object Dollars() => PaymentsDesk.By("gopay", more: new { amount = new { amount = 29.99m, currency = "USD" } });
}
