using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

public sealed class DailyReportTests(PaymentsDesk desk) : IClassFixture<PaymentsDesk>
{
    [Fact]
    public async Task The_day_after_the_providers_books_are_held_against_ours_and_differences_listed()
    {
        var agreed = await PaidAsync();
        var disputed = await PaidAsync();
        await desk.ControlAsync($"transactions/{disputed["orderId"]}/chargeback", new { notify = false });
        var dearer = await PaidAsync();
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{dearer["orderId"]}"))!["wire"]!.DeepClone();
        there["gross_amount"] = "999999.00";
        await desk.ControlAsync($"inject?serverKey={PaymentsDesk.ServerKey}", there);
        var day = desk.Apps.Clock.Now.UtcDateTime.ToString("yyyy-MM-dd");
        desk.Apps.Clock.Advance(TimeSpan.FromHours(25));

        await PaymentsDesk.WaitForAsync(async () => await FindAsync(day) is not null, "There is no report of the day.");
        var report = (await FindAsync(day))!;
        Assert.Equal((3, 1, 0), ((int)report["checked"]!, (int)report["agreed"]!, (int)report["unclear"]!));
        var found = report["differences"]!.AsArray().ToDictionary(difference => (string)difference!["paymentId"]!, difference => difference!);
        Assert.DoesNotContain((string)agreed["id"]!, found.Keys);
        Assert.Equal(("state", "chargeback", true), Of(found[(string)disputed["id"]!]));
        Assert.Equal(("amount", "999999", false), Of(found[(string)dearer["id"]!]));
        Assert.True((bool)(await desk.ReadAsync((string)disputed["id"]!))["isDisputed"]!);
    }

    private async Task<JsonNode> PaidAsync()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("gopay"));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        return payment;
    }

    private async Task<JsonNode?> FindAsync(string day) =>
        JsonNode.Parse(await desk.Payments.GetStringAsync($"v1/reconciliation-reports?day={day}"))!["items"]!.AsArray().SingleOrDefault();

    private static (string?, string?, bool) Of(JsonNode difference) =>
        ((string?)difference["kind"], (string?)difference["theirs"], (bool)difference["repaired"]!);
}
