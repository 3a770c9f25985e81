using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class NotificationTests
{
    [Theory]
    [InlineData("p-bca-settlement", "bank_transfer", """{"bank":"bca"}""")]
    [InlineData("p-bni-settlement-payment-amounts", "bank_transfer", """{"bank":"bni"}""")]
    [InlineData("p-bri-settlement", "bank_transfer", """{"bank":"bri"}""")]
    [InlineData("p-permata-settlement", "bank_transfer", """{"bank":"permata"}""")]
    [InlineData("p-mandiri-bill-settlement", "echannel", """{"bill_info1":"a","bill_info2":"b"}""")]
    [InlineData("p-gopay-settlement", "gopay", "{}")]
    [InlineData("p-shopeepay-settlement-200", "shopeepay", "{}")]
    [InlineData("p-alfamart-settlement", "cstore", """{"store":"alfamart"}""")]
    [InlineData("p-indomaret-settlement", "cstore", """{"store":"indomaret"}""")]
    public async Task A_settlement_is_told_with_every_published_field_and_a_valid_signature(
        string id, string paymentType, string methodObject)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.Charge(paymentType, id, 44_000, methodObject));

        await shop.ControlAsync($"transactions/{id}/settle");

        // The control call returns after the first attempt: nothing to wait for.
        var (body, headers) = Assert.Single(shop.Webhook.TakeAll());
        var published = PublishedBodies.Body(id);
        Assert.Empty(published.Select(field => field.Key).Except(body.Select(field => field.Key)));
        Assert.Equal(published.ContainsKey("fraud_status"), body.ContainsKey("fraud_status"));
        Assert.Equal(MidtransSignature.Of(id, "200", "44000.00", Shop.ServerKey), (string?)body["signature_key"]);
        Assert.Equal("settlement", (string?)body["transaction_status"]);
        Assert.Equal(("Veritrans", "application/json"), (headers["User-Agent"], headers["Content-Type"]));
        Assert.DoesNotContain("traceparent", headers.Keys);
    }

    [Fact]
    public async Task The_creation_of_a_charge_is_told_as_well()
    {
        await using var shop = await Shop.OpenAsync(options => options with { PendingNotices = true });
        await shop.ChargeAsync(Shop.BcaCharge("order"));

        var notice = await shop.Webhook.NextAsync();

        Assert.Equal(("201", "pending"), ((string?)notice.Body["status_code"], (string?)notice.Body["transaction_status"]));
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(302, 1)]
    [InlineData(500, 2)]
    [InlineData(404, 3)]
    [InlineData(400, 3)]
    [InlineData(503, 5)]
    [InlineData(418, 6)]
    public async Task How_often_it_is_sent_depends_on_our_answer(int answer, int attempts)
    {
        await using var shop = await Shop.OpenAsync(options => options with { RetryScale = 0 });
        shop.Webhook.AnswerWith([.. Enumerable.Repeat(answer, 10)]);
        await shop.ChargeAsync(Shop.BcaCharge("order"));

        await shop.ControlAsync("transactions/order/settle");

        for (var attempt = 1; attempt <= attempts; attempt++)
            await shop.Webhook.NextAsync();
        // Retries do not wait here, so one too many would come before the notification of a later charge.
        await shop.ChargeAsync(Shop.BcaCharge("marker"));
        await shop.ControlAsync("transactions/marker/settle");
        Assert.Equal("marker", (string?)(await shop.Webhook.NextAsync()).Body["order_id"]);
    }

    [Fact]
    public async Task Retries_end_with_the_first_success_and_are_in_the_journal()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Webhook.AnswerWith(503, 503);
        await shop.ChargeAsync(Shop.BcaCharge("order"));
        await shop.ControlAsync("transactions/order/settle");
        for (var attempt = 1; attempt <= 3; attempt++)
            await shop.Webhook.NextAsync();

        var deadline = DateTime.UtcNow.AddSeconds(10);
        JsonArray journal;
        do
            journal = await shop.NotificationsAsync("order");
        while (journal.Count < 3 && DateTime.UtcNow < deadline);

        Assert.Equal([(1, 503), (2, 503), (3, 200)], journal.Select(entry => ((int)entry!["attempt"]!, (int)entry["status"]!)));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 10)]
    [InlineData(5, 210)]
    public void The_waits_are_minutes_with_a_shift_of_a_tenth(int retry, double minutes) =>
        Assert.InRange(new RetrySchedule(1).WaitBefore(retry).TotalMinutes, minutes * 0.9, minutes * 1.1);

    [Fact]
    public async Task A_temporary_redirect_is_followed_with_the_same_post()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.BcaCharge("order"), ("X-Override-Notification", shop.Webhook.Url.Replace("/hook", "/moved")));

        await shop.ControlAsync("transactions/order/settle");

        Assert.Equal("order", (string?)Assert.Single(shop.Webhook.TakeAll()).Body["order_id"]);
    }

    [Fact]
    public async Task Headers_of_the_charge_add_to_the_configured_address_or_replace_it()
    {
        await using var shop = await Shop.OpenAsync();
        await using var other = await WebhookReceiver.StartAsync();
        await shop.ChargeAsync(Shop.BcaCharge("append"), ("X-Append-Notification", other.Url));
        await shop.ControlAsync("transactions/append/settle");
        Assert.Equal((1, 1), (shop.Webhook.TakeAll().Count, other.TakeAll().Count));

        await shop.ChargeAsync(
            Shop.BcaCharge("replace"), ("X-Override-Notification", other.Url), ("X-Append-Notification", shop.Webhook.Url));
        await shop.ControlAsync("transactions/replace/settle");
        Assert.Equal((0, 1), (shop.Webhook.TakeAll().Count, other.TakeAll().Count));
    }

    [Fact]
    public async Task Copies_can_arrive_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.BcaCharge("order"));
        await shop.ControlAsync(
            "transactions/order/settle", new() { ["notification"] = JsonNode.Parse("""{"copies":50,"parallel":true}""") });

        Assert.Equal(50, shop.Webhook.TakeAll().Count);
    }

    [Fact]
    public async Task A_dropped_notification_is_only_in_the_journal()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.BcaCharge("order"));
        await shop.ControlAsync("transactions/order/next-notification", new() { ["drop"] = true });
        await shop.ControlAsync("transactions/order/settle");

        Assert.Empty(shop.Webhook.TakeAll());
        Assert.Equal("dropped on request", (string?)Assert.Single(await shop.NotificationsAsync("order"))!["note"]);
        Assert.Equal("settlement", (string?)(await shop.StatusAsync("order"))["transaction_status"]);
    }

    [Fact]
    public async Task A_held_back_notification_comes_after_the_next_one()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.Charge("gopay", "order", 10_000));
        await shop.ControlAsync("transactions/order/settle", new() { ["notification"] = JsonNode.Parse("""{"reorder":true}""") });
        await shop.ControlAsync("transactions/order/reverse");

        Assert.Equal(["deny", "settlement"], shop.Webhook.TakeAll().Select(hook => (string?)hook.Body["transaction_status"]));
    }

    [Fact]
    public async Task Signature_amount_and_status_can_be_forged()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.BcaCharge("order", 10_000));
        foreach (var shape in new[] { """{"wrongSignature":true}""", """{"wrongAmount":true}""", """{"statusOverride":"settlement"}""" })
            await shop.ControlAsync("transactions/order/notify", JsonNode.Parse(shape)!.AsObject());

        var (signature, amount, status) = shop.Webhook.TakeAll() is [var first, var second, var third]
            ? (first.Body, second.Body, third.Body)
            : throw new InvalidOperationException("Three notifications were asked for.");
        Assert.NotEqual(SignatureOf(signature), (string?)signature["signature_key"]);
        Assert.Equal("11000.00", (string?)amount["gross_amount"]);
        Assert.Equal(SignatureOf(amount), (string?)amount["signature_key"]);
        Assert.Equal("settlement", (string?)status["transaction_status"]);
        Assert.Equal(SignatureOf(status), (string?)status["signature_key"]);
        Assert.Equal("pending", (string?)(await shop.StatusAsync("order"))["transaction_status"]);
    }

    static string SignatureOf(JsonObject body) => MidtransSignature.Of(
        (string)body["order_id"]!, (string)body["status_code"]!, (string)body["gross_amount"]!, Shop.ServerKey);
}
