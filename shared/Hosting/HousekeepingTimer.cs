using Dapper;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Rows of a table that have served after a while; an index leads to the old ones.</summary>
/// <param name="Age">The column with their time.</param>
public sealed record Housekept(string Table, string Age, TimeSpan Kept);

/// <summary>Deletes what has served: kept answers after their day, ids of handled messages after a month, and what the service registers.</summary>
public sealed partial class HousekeepingTimer(Database database, IEnumerable<Housekept> own, TimeProvider time, ILogger<HousekeepingTimer> logger)
{
    private static readonly Housekept[] Shared =
    [
        new("idempotency_keys", "created_at", IdempotencyStore.Kept),
        new("inbox", "handled_at", TimeSpan.FromDays(30)),
    ];

    // A statement of each more, and functionTimeout in host.json is five minutes.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    // A deletion of all at once could outlast its time limit, and the next run would have more of them.
    private const int AtOnce = 10_000;

    [Function("Housekeeping")]
    public async Task Run([TimerTrigger("%HOUSEKEEPING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var connection = database.OpenAcrossTenants();
        // In turns: a table with more than there is time for, or that fails, keeps none from its own.
        var unfinished = Shared.Concat(own).ToList();
        var failures = new List<Exception>();
        while (unfinished.Count > 0 && time.GetElapsedTime(started) < Longest)
            foreach (var part in unfinished.ToArray())
                if (await HasNoMoreAsync(connection, part, failures, cancellationToken))
                    unfinished.Remove(part);
        if (unfinished.Count > 0)
            LogUnfinished(string.Join(", ", unfinished.Select(part => part.Table)));
        if (failures.Count > 0)
            throw new AggregateException("Housekeeping failed.", failures);
    }

    // One that fails has its next turn in the next run.
    private async Task<bool> HasNoMoreAsync(
        NpgsqlConnection connection, Housekept part, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            return await DeleteAsync(connection, part, cancellationToken) < AtOnce;
        }
        catch (NpgsqlException exception)
        {
            failures.Add(new InvalidOperationException($"{part.Table} keeps what has served.", exception));
            return true;
        }
    }

    private Task<int> DeleteAsync(NpgsqlConnection connection, Housekept part, CancellationToken cancellationToken)
    {
        var sql = $"""
            delete from {part.Table} where ctid = any(array(select ctid from {part.Table} where {part.Age} < @before limit {AtOnce}))
            """;
        return connection.ExecuteAsync(new CommandDefinition(sql, new { before = time.GetUtcNow() - part.Kept }, cancellationToken: cancellationToken));
    }

    [LoggerMessage(LogLevel.Warning, "Housekeeping had no time for all that has served: {Tables} grow if this is said at every run.")]
    private partial void LogUnfinished(string tables);
}
