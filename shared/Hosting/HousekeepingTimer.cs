using Dapper;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Rows of a table that have served after a while; an index leads to the old ones.</summary>
/// <param name="Age">The column with their time.</param>
public sealed record Housekept(string Table, string Age, TimeSpan Kept);

/// <summary>Deletes what has served: kept answers after their day, ids of handled messages after a month, and what the service registers.</summary>
public sealed class HousekeepingTimer(Database database, IEnumerable<Housekept> own, TimeProvider time)
{
    private static readonly Housekept[] Shared =
    [
        new("idempotency_keys", "created_at", IdempotencyStore.Kept),
        new("inbox", "handled_at", TimeSpan.FromDays(30)),
    ];

    // A statement more, and functionTimeout in host.json is five minutes.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    // A deletion of all at once could outlast its time limit, and the next night would have more of them.
    private const int AtOnce = 10_000;

    [Function("Housekeeping")]
    public async Task Run([TimerTrigger("%HOUSEKEEPING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var connection = database.OpenAcrossTenants();
        foreach (var part in Shared.Concat(own))
        {
            var sql = $"""
                delete from {part.Table} where ctid = any(array(select ctid from {part.Table} where {part.Age} < @before limit {AtOnce}))
                """;
            var delete = new CommandDefinition(sql, new { before = time.GetUtcNow() - part.Kept }, cancellationToken: cancellationToken);
            while (time.GetElapsedTime(started) < Longest && await connection.ExecuteAsync(delete) == AtOnce)
            {
            }
        }
    }
}
