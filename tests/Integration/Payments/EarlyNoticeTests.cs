using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>Notices that come before the provider's own books show what they tell.</summary>
public sealed class EarlyNoticeTests(PaymentsDesk desk) : IClassFixture<PaymentsDesk>
{
    [Fact]
    public async Task A_chargeback_that_is_told_before_it_is_shown_is_asked_about_again()
    {
        var payment = await TellChargebackAsync();
        Assert.False((bool)(await desk.ReadAsync((string)payment["id"]!))["isDisputed"]!);
        await desk.ControlAsync($"transactions/{payment["orderId"]}/chargeback", new { notify = false });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await PaymentsDesk.WaitForAsync(
            async () => (bool)(await desk.ReadAsync((string)payment["id"]!))["isDisputed"]!, "The chargeback was not asked about again.");
        Assert.Equal("applied", await OutcomeAsync(payment));
    }

    [Fact]
    public async Task What_the_provider_never_shows_is_asked_about_three_times_more_and_not_believed()
    {
        var payment = await TellChargebackAsync();
        foreach (var (rechecks, minutes) in new[] { (1, 3), (2, 11) })
        {
            await PaymentsDesk.WaitForAsync(async () => await RechecksAsync(payment) == rechecks, $"It was not asked about {rechecks} times.");
            desk.Apps.Clock.Advance(TimeSpan.FromMinutes(minutes));
        }

        await PaymentsDesk.WaitForAsync(async () => await RechecksAsync(payment) == 3, "It was not asked about a third time.");
        Assert.Null(await OutcomeAsync(payment));
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(61));
        await PaymentsDesk.WaitForAsync(async () => await OutcomeAsync(payment) == "disagreed", "It did not end.");
        Assert.False((bool)(await desk.ReadAsync((string)payment["id"]!))["isDisputed"]!);
    }

    [Fact]
    public async Task What_was_not_believed_is_asked_about_anew_when_it_is_sent_again()
    {
        var payment = await TellChargebackAsync();
        await desk.QueryAsync<int>(
            "update payment_management.midtrans_notices set outcome = 'disagreed', processed_at = received_at, rechecks = 3 where order_id = @order",
            new { order = (string?)payment["orderId"] });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { statusOverride = "chargeback" });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/chargeback", new { notify = false });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await PaymentsDesk.WaitForAsync(
            async () => (bool)(await desk.ReadAsync((string)payment["id"]!))["isDisputed"]!, "The chargeback was not asked about again.");
    }

    [Fact]
    public async Task A_chargeback_by_notice_marks_the_payment_and_leaves_it_paid()
    {
        var payment = await SettledAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/chargeback");

        var after = await desk.ReadAsync((string)payment["id"]!);
        Assert.Equal(("success", "chargeback", true), ((string?)after["status"], (string?)after["step"], (bool)after["isDisputed"]!));
        Assert.Equal(["opened", "placed", "succeeded", "disputed"], await desk.HistoryAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_settlement_that_is_told_before_it_is_shown_is_asked_about_again_within_minutes()
    {
        var payment = await desk.ChargeAsync();
        // As if it had been looked up often: the timer does not come to it before an hour is over.
        await desk.QueryAsync<int>(
            "update payment_management.payment_transactions set lookups = 9, next_lookup_at = @at where id = @id",
            new { id = Guid.Parse((string)payment["id"]!), at = desk.Apps.Clock.Now.AddHours(1).UtcDateTime });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { statusOverride = "settlement" });
        Assert.Equal("pending", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notify = false });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
    }

    [Theory]
    [InlineData("pending", true)]
    [InlineData("settlement", false)]
    public async Task A_hosted_page_whose_one_notice_tells_otherwise_than_the_books_is_known_from_then_on(string told, bool isPaidBefore)
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("dana"));
        var order = (string)payment["orderId"]!;
        await desk.ControlAsync($"snap/{order}/pick", new { method = "dana", notify = false });
        if (isPaidBefore)
            await desk.ControlAsync($"transactions/{order}/settle", new { notify = false });
        await desk.ControlAsync($"transactions/{order}/notify", new { statusOverride = told });
        if (!isPaidBefore)
            await desk.ControlAsync($"transactions/{order}/settle", new { notify = false });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    private async Task<JsonNode> SettledAsync()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("gopay"));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        return payment;
    }

    private async Task<JsonNode> TellChargebackAsync()
    {
        var payment = await SettledAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { statusOverride = "chargeback" });
        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "chargeback"));
        return payment;
    }

    private Task<int> RechecksAsync(JsonNode payment) => OfNoticeAsync<int>("rechecks", payment);

    private Task<string?> OutcomeAsync(JsonNode payment) => OfNoticeAsync<string?>("outcome", payment);

    private async Task<T> OfNoticeAsync<T>(string column, JsonNode payment) => Assert.Single(await desk.QueryAsync<T>(
        $"select {column} from payment_management.midtrans_notices where order_id = @order and transaction_status = 'chargeback'",
        new { order = (string?)payment["orderId"] }));
}
