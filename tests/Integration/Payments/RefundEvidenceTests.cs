using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>Money that may have gone back is not free to go back once more.</summary>
[Collection<RelayCollection>]
public sealed class RefundEvidenceTests(RelayDesk desk)
{
    private const decimal Paid = 531690;

    [Fact]
    public async Task A_refund_that_the_providers_books_do_not_show_yet_is_counted()
    {
        var payment = await desk.PaidAsync();
        using (desk.Relay.Answer("GET", StatusOf(payment), await BooksAsync(payment)))
        {
            var (status, refund) = await RefundAsync(payment, "lag");
            Assert.Equal((HttpStatusCode.Created, "success"), (status, (string?)refund!["status"]));
        }

        Assert.Equal((100_000m, Paid - 100_000), await MoneyAsync(payment));
        Assert.Equal(["PaymentSucceeded", "PaymentRefunded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_refund_that_was_taken_without_a_word_how_much_holds_its_money_until_the_books_show_it()
    {
        var payment = await desk.PaidAsync();
        using (desk.Relay.Answer("GET", StatusOf(payment), await BooksAsync(payment)))
        using (desk.Relay.Answer("POST", "/refund", await BooksAsync(payment)))
        {
            var (status, _) = await RefundAsync(payment, "silent");
            Assert.Equal(HttpStatusCode.Accepted, status);
            Assert.Equal((0m, Paid - 100_000), await MoneyAsync(payment));
        }

        await RefundAsync(payment, "silent");
        Assert.Equal((100_000m, Paid - 100_000), await MoneyAsync(payment));
    }

    [Fact]
    public async Task A_key_that_is_known_there_after_a_lost_answer_is_no_refusal_while_the_books_cannot_be_read()
    {
        var payment = await desk.PaidAsync();
        await desk.ControlAsync("next-refund", new { orderId = (string?)payment["orderId"], loseAnswer = true });
        using (desk.Relay.Answer("GET", StatusOf(payment), RelayAnswer.Code(503)))
        {
            await RefundAsync(payment, "lost");
            var (status, refund) = await RefundAsync(payment, "lost");
            Assert.Equal((HttpStatusCode.Accepted, "pending"), (status, (string?)refund!["status"]));
        }

        // Whether its notice was faster or not: the money is not free.
        Assert.Equal(Paid - 100_000, (await MoneyAsync(payment)).Refundable);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(4));
        await PaymentsDesk.WaitForAsync(async () => await StateAsync(payment) == "success", "The refund was not found.");
        Assert.Equal((100_000m, Paid - 100_000), await MoneyAsync(payment));
    }

    [Fact]
    public async Task A_whole_refund_whose_answer_was_lost_is_not_refused_when_it_is_asked_for_again()
    {
        var payment = await desk.PaidAsync();
        await desk.ControlAsync("next-refund", new { orderId = (string?)payment["orderId"], loseAnswer = true });
        using (desk.Relay.Answer("GET", StatusOf(payment), await BooksAsync(payment)))
        {
            await RefundAsync(payment, "whole", Paid);
            var (early, pending) = await RefundAsync(payment, "whole", Paid);
            Assert.Equal((HttpStatusCode.Accepted, "pending"), (early, (string?)pending!["status"]));
            Assert.Equal((0m, 0m), await MoneyAsync(payment));
        }

        var (status, refund) = await RefundAsync(payment, "whole", Paid);
        Assert.Equal((HttpStatusCode.Created, "success"), (status, (string?)refund!["status"]));
        Assert.Equal((Paid, 0m), await MoneyAsync(payment));
    }

    [Fact]
    public async Task A_refund_that_is_refused_once_more_and_is_in_no_books_ends_after_an_hour()
    {
        var payment = await desk.PaidAsync();
        using (desk.Relay.Answer("POST", "/refund", RelayAnswer.Code(504)))
            await RefundAsync(payment, "refused");
        using var refusal = desk.Relay.Answer("POST", "/refund", RelayAnswer.Code(414));
        var (early, _) = await RefundAsync(payment, "refused");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(61));
        await PaymentsDesk.WaitForAsync(async () => await StateAsync(payment) == "failed", "The refund did not end.");

        Assert.Equal(HttpStatusCode.Accepted, early);
        Assert.Equal((0m, Paid), await MoneyAsync(payment));
    }

    [Fact]
    public async Task An_old_refund_ends_only_when_the_books_were_read()
    {
        var payment = await desk.PaidAsync();
        using (desk.Relay.Answer("POST", "/refund", RelayAnswer.Code(504)))
            await RefundAsync(payment, "never-arrived");
        await desk.QueryAsync<int>(
            "update payment_management.refunds set created_at = created_at - interval '8 days' where payment_id = @id", new { id = Guid.Parse((string)payment["id"]!) });
        using (desk.Relay.Answer("GET", StatusOf(payment), RelayAnswer.Code(503)))
        {
            var asked = Lookups(payment);
            desk.Apps.Clock.Advance(TimeSpan.FromMinutes(4));
            await PaymentsDesk.WaitForAsync(() => Task.FromResult(Lookups(payment) > asked), "The refund was not looked up.");
            Assert.Equal("pending", await StateAsync(payment));
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(10));
        await PaymentsDesk.WaitForAsync(async () => await StateAsync(payment) == "failed", "The refund did not end.");
        Assert.Equal((0m, Paid), await MoneyAsync(payment));
    }

    private static string StatusOf(JsonNode payment) => $"/v2/{payment["orderId"]}/status";

    private int Lookups(JsonNode payment) => desk.Relay.Calls.Count(call => call.Path == StatusOf(payment));

    // How the provider's books stand now.
    private async Task<RelayAnswer> BooksAsync(JsonNode payment) => new(
        200, JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!["wire"]!.ToJsonString());

    private Task<(HttpStatusCode Status, JsonNode? Body)> RefundAsync(JsonNode payment, string key, decimal amount = 100_000) => PaymentsDesk.PostAsync(
        desk.Payments, $"v1/payments/{payment["id"]}/refunds",
        new { amount = new { amount, currency = "IDR" }, reason = "too much", refundKey = key });

    private async Task<(decimal Refunded, decimal Refundable)> MoneyAsync(JsonNode payment)
    {
        var now = await desk.ReadAsync((string)payment["id"]!);
        return ((decimal)now["refunded"]!["amount"]!, (decimal)now["refundable"]!["amount"]!);
    }

    private async Task<string> StateAsync(JsonNode payment) => Assert.Single(await desk.QueryAsync<string>(
        "select status from payment_management.refunds where payment_id = @id", new { id = Guid.Parse((string)payment["id"]!) }));
}
