using Dapper;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Deletes what has served: kept answers after their day, ids of handled messages after a month.</summary>
public sealed class HousekeepingTimer(Database database, TimeProvider time)
{
    private static readonly TimeSpan InboxKept = TimeSpan.FromDays(30);

    // Two tables, and functionTimeout in host.json is five minutes.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    // A deletion of all at once could outlast its time limit, and the next night would have more of them.
    private const int AtOnce = 10_000;

    [Function("Housekeeping")]
    public async Task Run([TimerTrigger("%HOUSEKEEPING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = database.OpenAcrossTenants();
        await DeleteAsync(connection, "idempotency_keys", "created_at", now - IdempotencyStore.Kept, cancellationToken);
        await DeleteAsync(connection, "inbox", "handled_at", now - InboxKept, cancellationToken);
    }

    private async Task DeleteAsync(NpgsqlConnection connection, string table, string age, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var sql = $"delete from {table} where ctid = any(array(select ctid from {table} where {age} < @before limit {AtOnce}))";
        var started = time.GetTimestamp();
        while (await connection.ExecuteAsync(new CommandDefinition(sql, new { before }, cancellationToken: cancellationToken)) == AtOnce
            && time.GetElapsedTime(started) < Longest)
        {
        }
    }
}
