using Dapper;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Deletes what has served: kept answers after their day, ids of handled messages after a month.</summary>
public sealed class HousekeepingTimer(Database database, TimeProvider time)
{
    private static readonly TimeSpan InboxKept = TimeSpan.FromDays(30);

    [Function("Housekeeping")]
    public async Task Run([TimerTrigger("%HOUSEKEEPING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from idempotency_keys where created_at < @answersBefore;
            delete from inbox where handled_at < @messagesBefore;
            """;
        var now = time.GetUtcNow();
        await using var connection = database.OpenAcrossTenants();
        await connection.ExecuteAsync(new CommandDefinition(
            sql, new { answersBefore = now - IdempotencyStore.Kept, messagesBefore = now - InboxKept }, cancellationToken: cancellationToken));
    }
}
