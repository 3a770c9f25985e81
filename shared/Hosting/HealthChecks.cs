using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Asks the database one question as the app role.</summary>
internal sealed class DatabaseHealth(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = database.Open(TenantId.Default);
        await connection.FindAsync<int>("select 1", null, cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Pings Redis.</summary>
internal sealed class RedisHealth(IConnectionMultiplexer redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await redis.GetDatabase().PingAsync();
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Asks the transport of messages, which wait in the outbox while it is away.</summary>
internal sealed class TransportHealth(IMessageTransport transport) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await transport.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
