using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>Asks the analytics database one question.</summary>
public sealed class ClickHouseHealth(ClickHouseDatabase database) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await database.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
