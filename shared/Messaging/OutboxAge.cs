using System.Diagnostics.Metrics;
using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>How long the oldest message of the outbox has waited, measured at each sweep: an alarm looks at it.</summary>
public sealed class OutboxAge(Database database, TimeProvider time)
{
    private static readonly Gauge<double> Oldest = ServiceTelemetry.Meter.CreateGauge<double>("outbox.age", "s", "Wait of the oldest message in the outbox.");

    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        // Ids begin with their time, and the key is read from its beginning however many wait.
        const string sql = "select created_at from outbox order by id limit 1";
        await using var connection = database.OpenAcrossTenants();
        var since = await connection.QueryFirstOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(sql, cancellationToken: cancellationToken));
        Oldest.Record(since is { } oldest ? (time.GetUtcNow() - oldest).TotalSeconds : 0);
    }
}
