using System.Globalization;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>A use of a feature as ClickHouse takes it: an array in JSON, in the order of the table's columns.</summary>
internal static class UsageLine
{
    // Nothing in it needs escaping: ids, names and codes were checked when they came in.
    public static string Of(
        TenantId tenant, Guid subscription, Guid user, string feature, long quantity, DateTimeOffset at, long durationMs, long responseBytes,
        bool success, string? errorCode) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{at.ToUnixTimeSeconds()},\"{user}\",\"{tenant}\",\"{subscription}\",\"{feature}\",{quantity},{durationMs},{responseBytes},{(success ? "true" : "false")},\"{errorCode}\"]");
}
