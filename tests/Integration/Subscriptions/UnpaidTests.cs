using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class UnpaidTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task What_is_two_weeks_overdue_stands_still_until_it_is_paid()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7 + 13));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("overdue", StringComparison.Ordinal), "The invoice is not overdue.");
        var warned = await user.StatusAsync(id);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(1));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await user.WaitForStatusAsync(id, "suspended");
        await user.PayAllAsync(invoices: 2);
        await user.WaitForStatusAsync(id, "active");

        Assert.Equal("active", warned);
    }
}
