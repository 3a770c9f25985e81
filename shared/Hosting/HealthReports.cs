using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>The process answers.</summary>
public sealed record LiveReport(string Service, string Status);

/// <summary>One dependency: whether it answered and after how many milliseconds.</summary>
public sealed record DependencyReport(string Status, double LatencyMs);

/// <summary>Whether the service can work: <c>ready</c> or <c>not ready</c>.</summary>
public sealed record ReadyReport(string Service, string Status, IReadOnlyDictionary<string, DependencyReport> Dependencies)
{
    [JsonIgnore]
    public int HttpStatus => Status == "ready" ? 200 : 503;

    internal static ReadyReport From(string service, HealthReport report) => new(
        service,
        report.Status == HealthStatus.Unhealthy ? "not ready" : "ready",
        report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new DependencyReport(entry.Value.Status.ToString().ToLowerInvariant(), Math.Round(LatencyOf(entry.Value).TotalMilliseconds, 1))));

    // What a remembered answer took when it was asked for, else what the check took.
    private static TimeSpan LatencyOf(HealthReportEntry entry) =>
        entry.Data.TryGetValue(ProviderHealth.Latency, out var known) ? (TimeSpan)known : entry.Duration;
}

/// <summary>The service at a glance.</summary>
public sealed record SummaryReport(
    string Service, string Status, string Version, long UptimeSeconds, long MemoryMb, IReadOnlyDictionary<string, DependencyReport> Dependencies);
