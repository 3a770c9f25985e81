using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CyclesCollection>]
public sealed class BillingRunTests(CyclesDesk desk)
{
    [Fact]
    public async Task What_is_due_is_billed_once_with_number_lines_tax_history_and_message()
    {
        var tenant = await desk.NewTenantAsync();
        var (subscription, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1), 479_000));
        var run = await desk.RunAsync(tenant);

        Assert.Equal((1, 1, 0, 0), Counts(run));
        Assert.Equal(["0001 pending 531690.00 IDR"], await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
        // Nothing is due any more: a second run finds nothing, and neither changes what is there.
        await desk.RunTimerAsync("RunDailyBilling");
        await desk.RunTimerAsync("RunMonthlyBilling");
        await desk.WaitUntilQuietAsync(tenant);
        Assert.Equal(["0001 pending 531690.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    private static (int Due, int Created, int Existing, int Parked) Counts(JsonNode run) =>
        ((int)run["due"]!, (int)run["created"]!, (int)run["existing"]!, (int)run["parked"]!);
}
