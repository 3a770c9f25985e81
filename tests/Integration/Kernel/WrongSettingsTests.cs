using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class WrongSettingsTests(KernelDesk desk)
{
    [Fact]
    public async Task An_app_says_all_that_is_wrong_with_its_settings_and_ends()
    {
        var changes = new Dictionary<string, string?>
        {
            ["ServiceBus"] = null,
            ["POSTGRES_HOST"] = null,
            ["REDIS_PORT"] = "70000",
            ["JWT_SECRET"] = "short",
            ["SIGN_INS_PER_ADDRESS"] = "6000001",
            ["INVOICE_DUE_DAYS"] = "a week",
            ["HOUSEKEEPING_SCHEDULE"] = null,
            ["PAYMENTS_URL"] = "over there",
        };

        var failure = await Assert.ThrowsAsync<StackException>(() => desk.Database.StartAppsAsync(changes, FunctionApp.Billing));

        Assert.Contains("exit code 1 ", failure.Message, StringComparison.Ordinal);
        foreach (var setting in changes.Keys)
            Assert.Contains(setting, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", failure.Message, StringComparison.Ordinal);
    }
}
