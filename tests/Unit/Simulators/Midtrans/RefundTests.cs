using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class RefundTests
{
    [Fact]
    public async Task Parts_add_up_and_each_sends_two_notices()
    {
        await using var shop = await PaidAsync("gopay");
        var first = await RefundAsync(shop, "first", 4_000);
        Assert.Equal(("200", "partial_refund", "4000.00"), Outcome(first));
        Assert.Empty(PublishedBodies.Body("e-refund-200").Select(field => field.Key).Except(first.Select(field => field.Key)));

        var notices = new[] { await shop.Webhook.NextAsync(), await shop.Webhook.NextAsync() };
        Assert.All(notices, notice => Assert.Equal("partial_refund", (string?)notice.Body["transaction_status"]));
        Assert.Null(notices[0].Body["refunds"]![0]!["bank_confirmed_at"]);
        Assert.NotNull(notices[1].Body["refunds"]![0]!["bank_confirmed_at"]);

        Assert.Equal(("200", "refund", "10000.00"), Outcome(await RefundAsync(shop, "second", 6_000)));
    }

    [Fact]
    public async Task A_used_key_is_406_and_too_much_is_414()
    {
        await using var shop = await PaidAsync("gopay");
        await RefundAsync(shop, "key", 4_000);

        Assert.Equal("406", (string?)(await RefundAsync(shop, "key", 4_000))["status_code"]);
        Assert.Equal("414", (string?)(await RefundAsync(shop, "more", 6_001))["status_code"]);
    }

    [Fact]
    public async Task Unpaid_transactions_and_bank_transfers_cannot_be_refunded()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.Charge("gopay", "order", 10_000));
        Assert.Equal("412", (string?)(await RefundAsync(shop, "key", 1_000))["status_code"]);

        await using var bank = await Shop.OpenAsync();
        await bank.ChargeAsync(Shop.BcaCharge("order", 10_000));
        await bank.ControlAsync("transactions/order/settle");
        Assert.Equal("412", (string?)(await RefundAsync(bank, "key", 1_000))["status_code"]);
    }

    [Fact]
    public async Task The_bank_can_refuse_and_the_money_stays()
    {
        await using var shop = await PaidAsync("gopay");
        await shop.ControlAsync("next-refund");

        var refused = await RefundAsync(shop, "key", 4_000, "refund/online/direct");

        Assert.Equal(("202", "settlement", "0.00"), Outcome(refused));
        Assert.Empty(PublishedBodies.Body("e-refund-denied-202").Select(field => field.Key).Except(refused.Select(field => field.Key)));
        Assert.Equal(("200", "partial_refund", "4000.00"), Outcome(await RefundAsync(shop, "key", 4_000, "refund/online/direct")));
    }

    [Fact]
    public async Task A_reversal_and_a_chargeback_come_from_the_bank()
    {
        await using var shop = await PaidAsync("shopeepay");
        await shop.ControlAsync("transactions/order/reverse");
        Assert.Equal("deny", (string?)(await shop.Webhook.NextAsync()).Body["transaction_status"]);

        await using var other = await PaidAsync("gopay");
        await other.ControlAsync("transactions/order/chargeback", new() { ["amount"] = 3_000 });
        Assert.Equal("partial_chargeback", (string?)(await other.Webhook.NextAsync()).Body["transaction_status"]);
    }

    static async Task<Shop> PaidAsync(string paymentType)
    {
        var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.Charge(paymentType, "order", 10_000));
        await shop.ControlAsync("transactions/order/settle");
        shop.Webhook.TakeAll();
        return shop;
    }

    static Task<JsonObject> RefundAsync(Shop shop, string key, int amount, string call = "refund") =>
        shop.PostAsync($"v2/order/{call}", new() { ["refund_key"] = key, ["amount"] = amount, ["reason"] = "test" });

    static (string?, string?, string?) Outcome(JsonObject body) =>
        ((string?)body["status_code"], (string?)body["transaction_status"], (string?)body["refund_amount"]);
}
