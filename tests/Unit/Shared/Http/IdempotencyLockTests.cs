using System.Globalization;
using System.Text.Json;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class IdempotencyLockTests
{
    [Fact]
    public void A_key_stays_locked_for_longer_than_a_function_may_run()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Architecture.Codebase.Root, "host.json")));
        var timeout = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture);

        Assert.True(IdempotencyStore.Running > timeout, $"{IdempotencyStore.Running} is not longer than {timeout}.");
    }
}
