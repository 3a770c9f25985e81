using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

public sealed class DailyReportTests(RelayDesk desk) : IClassFixture<RelayDesk>
{
    [Fact]
    public async Task The_day_after_the_providers_books_are_held_against_ours_and_differences_listed()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        var agreed = await PaidAsync(billing);
        var disputed = await PaidAsync(billing);
        await desk.ControlAsync($"transactions/{disputed["orderId"]}/chargeback", new { notify = false });
        var dearer = await PaidAsync(billing);
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{dearer["orderId"]}"))!["wire"]!.DeepClone();
        there["gross_amount"] = "999999.00";
        await desk.ControlAsync($"inject?serverKey={PaymentsDesk.ServerKey}", there);
        var report = await DoneAsync(billing, NextDay());

        Assert.Equal((3, 1), ((int)report["checked"]!, (int)report["agreed"]!));
        var found = report["differences"]!.AsArray().ToDictionary(difference => (string)difference!["paymentId"]!, difference => difference!);
        Assert.DoesNotContain((string)agreed["id"]!, found.Keys);
        Assert.Equal(("state", "chargeback", true), Of(found[(string)disputed["id"]!]));
        Assert.Equal(("amount", "999999", false), Of(found[(string)dearer["id"]!]));
        Assert.True(await IsDisputedAsync(billing, disputed));
    }

    [Fact]
    public async Task What_the_provider_does_not_answer_is_asked_again_until_it_is_clear()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        var payment = await PaidAsync(billing);
        string day;
        using (desk.Relay.Answer("GET", $"/v2/{payment["orderId"]}/status", RelayAnswer.Code(503)))
        {
            var asked = Lookups(payment);
            day = NextDay();
            await PaymentsDesk.WaitForAsync(() => Task.FromResult(Lookups(payment) > asked), "The provider was not asked.");
            Assert.Equal((1, 0, 1), Counts((await FindAsync(billing, day))!));
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((1, 1, 0), Counts(await DoneAsync(billing, day)));
    }

    [Fact]
    public async Task One_tenants_trouble_stops_no_others_report_and_a_day_is_reported_once()
    {
        var (broken, sound) = (await desk.NewTenantAsync(), await desk.NewTenantAsync());
        using var troubled = desk.As(broken);
        using var billing = desk.As(sound);
        await PaidAsync(troubled);
        await PaidAsync(billing);
        await desk.QueryAsync<int>(
            """
            insert into payment_management.merchant_accounts (tenant_id, id, merchant_id, server_key, client_key, active, created_at, updated_at)
            values (@broken, @id, 'M1', 'unreadable', 'client', false, now(), now());
            update payment_management.payment_transactions set merchant_account_id = @id where tenant_id = @broken;
            """,
            new { broken, id = Guid.CreateVersion7() });
        var first = NextDay();
        Assert.Equal((1, 1, 0), Counts(await DoneAsync(billing, first)));
        Assert.Equal((1, 0, 1), Counts((await FindAsync(troubled, first))!));

        // Nothing happened on the second day, but what was settled lately is looked at again.
        var second = NextDay();
        Assert.Equal((1, 1, 0), Counts(await DoneAsync(billing, second)));
        Assert.Equal((1, 1, 0), Counts((await FindAsync(billing, first))!));
    }

    [Fact]
    public async Task A_chargeback_weeks_later_whose_notice_was_lost_is_found()
    {
        using var billing = desk.As(await desk.NewTenantAsync());
        var payment = await PaidAsync(billing);
        await desk.QueryAsync<int>(
            """
            update payment_management.payment_transactions
            set settled_at = settled_at - interval '40 days', updated_at = updated_at - interval '40 days' where id = @id
            """,
            new { id = Guid.Parse((string)payment["id"]!) });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/chargeback", new { notify = false });
        await DoneAsync(billing, NextDay());

        Assert.True(await IsDisputedAsync(billing, payment));
    }

    // The day that is reported now: it is one in the morning of the next.
    private string NextDay()
    {
        var now = desk.Apps.Clock.Now.UtcDateTime;
        desk.Apps.Clock.Advance(now.Date.AddHours(25) - now);
        return now.ToString("yyyy-MM-dd");
    }

    private async Task<JsonNode> PaidAsync(HttpClient billing)
    {
        var (status, payment) = await PaymentsDesk.PostAsync(billing, "v1/payments", PaymentsDesk.By("gopay"));
        Assert.Equal(HttpStatusCode.Created, status);
        await desk.ControlAsync($"transactions/{payment!["orderId"]}/settle");
        await PaymentsDesk.WaitForAsync(
            async () => (string?)(await ReadAsync(billing, payment))["status"] == "success", "The payment was not settled.");
        return payment;
    }

    private async Task<JsonNode> DoneAsync(HttpClient billing, string day)
    {
        await PaymentsDesk.WaitForAsync(
            async () => await FindAsync(billing, day) is { } report && (int)report["unclear"]! == 0, "The day's report is not done.");
        return (await FindAsync(billing, day))!;
    }

    private int Lookups(JsonNode payment) => desk.Relay.Calls.Count(call => call.Path == $"/v2/{payment["orderId"]}/status");

    private static async Task<bool> IsDisputedAsync(HttpClient billing, JsonNode payment) => (bool)(await ReadAsync(billing, payment))["isDisputed"]!;

    private static async Task<JsonNode> ReadAsync(HttpClient billing, JsonNode payment) =>
        JsonNode.Parse(await billing.GetStringAsync($"v1/payments/{payment["id"]}"))!;

    private static async Task<JsonNode?> FindAsync(HttpClient billing, string day) =>
        JsonNode.Parse(await billing.GetStringAsync($"v1/reconciliation-reports?day={day}"))!["items"]!.AsArray().SingleOrDefault();

    private static (int Checked, int Agreed, int Unclear) Counts(JsonNode report) =>
        ((int)report["checked"]!, (int)report["agreed"]!, (int)report["unclear"]!);

    private static (string?, string?, bool) Of(JsonNode difference) =>
        ((string?)difference["kind"], (string?)difference["theirs"], (bool)difference["repaired"]!);
}
