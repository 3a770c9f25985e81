using System.Diagnostics.Metrics;
using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>SQL of <c>analytics_parked</c>: lines that ClickHouse refused, kept with its reason so that the others can go on.</summary>
internal static class ParkedLines
{
    private static readonly Counter<long> Parked = ServiceTelemetry.Meter.CreateCounter<long>(
        "analytics.parked", description: "Lines that ClickHouse cannot take, set aside.");

    /// <summary>Keeps them in the transaction that takes them out of the buffer.</summary>
    /// <param name="guard">The connection of that transaction.</param>
    /// <param name="target">The table they were for.</param>
    /// <param name="refused">What was refused.</param>
    /// <param name="owner">Whose the line at a place is, and which days it is about.</param>
    /// <param name="now">When it was refused.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public static async Task AddAsync(
        NpgsqlConnection guard, AnalyticsTarget target, IReadOnlyList<RefusedLine> refused, Func<int, LineOwner> owner, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into analytics_parked (tenant_id, id, target, day_from, day_to, line, reason, parked_at)
            select tenant, id, @Table, day_from, day_to, line, reason, @now
            from unnest(@tenants, @ids, @from, @to, @lines, @reasons) as refused(tenant, id, day_from, day_to, line, reason)
            """;
        var owners = refused.Select(line => owner(line.Place)).ToList();
        await guard.ExecuteAsync(new CommandDefinition(
            sql,
            new
            {
                target.Table,
                now,
                tenants = owners.Select(one => one.TenantId).ToArray(),
                ids = owners.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                from = owners.Select(one => one.From).ToArray(),
                to = owners.Select(one => one.To).ToArray(),
                lines = refused.Select(line => line.Line).ToArray(),
                reasons = refused.Select(line => line.Reason).ToArray(),
            },
            cancellationToken: cancellationToken));
        Parked.Add(refused.Count, new KeyValuePair<string, object?>("table", target.Table));
    }
}

/// <summary>Whose a line is, and from which day to which it is about; null where no days can be replaced.</summary>
internal sealed record LineOwner(string TenantId, DateOnly? From, DateOnly? To);
