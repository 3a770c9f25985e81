using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>What happens to a charge whose process ends, or whose provider is away, between its row and the provider's answer.</summary>
public sealed class ChargeCrashTests(RelayDesk desk) : IClassFixture<RelayDesk>
{
    [Fact]
    public async Task A_process_that_is_killed_between_the_row_and_the_providers_answer_leaves_a_payment_that_is_charged_once()
    {
        var (invoice, before) = (Guid.CreateVersion7(), Charges());
        using (desk.Relay.Answer("POST", "/v2/charge", RelayAnswer.Silence))
        {
            var cut = desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));
            await PaymentsDesk.WaitForAsync(() => Task.FromResult(Charges() > before), "The charge was not made.");
            await desk.Apps[FunctionApp.Payments].KillAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => cut);
        }

        var (id, order) = Assert.Single(await desk.QueryAsync<(Guid, string)>(
            "select id, order_id from payment_management.payment_transactions where invoice_id = @invoice and placed_at is null", new { invoice }));
        await desk.Apps.StartAppAsync(FunctionApp.Payments);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        await PaymentsDesk.WaitForAsync(async () => (await desk.ReadAsync($"{id}"))["instructions"] is not null, "The charge was not made again.");

        Assert.Equal(2, desk.Relay.Calls.Count(call => call.Path == "/v2/charge" && call.Body.Contains(order, StringComparison.Ordinal)));
        Assert.Equal((before + 2, 1), (Charges(), (int)(await desk.ReadAsync($"{id}"))["attempt"]!));
    }

    [Fact]
    public async Task What_was_withdrawn_here_and_is_paid_there_after_all_counts()
    {
        using var outage = desk.Relay.Answer("POST", "/v2/charge", RelayAnswer.Code(504));
        var (_, open) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.Request());
        var id = (string)open!["id"]!;
        // Old as it is, it may be on its way once more when it is cancelled.
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        var (status, _) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{id}/cancel");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        await desk.WaitForStatusAsync(id, "cancelled");
        Assert.Equal((HttpStatusCode.Accepted, "withdrawn"), (status, (string?)(await desk.ReadAsync(id))["reason"]));

        await desk.ControlAsync($"inject?notify=true&serverKey={PaymentsDesk.ServerKey}", new JsonObject
        {
            ["order_id"] = (string?)open["orderId"], ["payment_type"] = "bank_transfer", ["gross_amount"] = "531690.00", ["currency"] = "IDR",
            ["transaction_status"] = "settlement", ["settlement_time"] = "2026-11-22 20:05:00",
        });
        await desk.WaitForStatusAsync(id, "success");
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync(id));
    }

    private int Charges() => desk.Relay.Calls.Count(call => call.Path == "/v2/charge");
}
