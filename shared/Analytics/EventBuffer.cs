using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>
/// Rows for the analytics database wait in PostgreSQL, written with what they tell, and leave in batches. A batch is put together and
/// committed before it is sent, and sent again as it was until ClickHouse has it; its id lets ClickHouse drop a second one. A line that ClickHouse
/// refuses for what is in it is parked with the reason.
/// </summary>
public sealed partial class EventBuffer(Database database, ClickHouseDatabase clickHouse, TimeProvider time, ILogger<EventBuffer> logger) : IDisposable
{
    private const int LinesAtOnce = 20_000;

    // With the batch that is on its way by then within the five minutes that a function may take.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // So long whoever asked for a replacement waits for the others of this process; the feed applies it without him.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // One at a time waits for who is sending: each holds a connection meanwhile, and the feed and the timers need some.
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Who holds this lock sends; one at a time, so that a replacement meets nothing on its way.</summary>
    internal const string Lock = "hashtextextended('analytics feed of ' || current_schema(), 0)";

    /// <summary>Adds lines (JSON arrays, values in the order of the target's columns) about one day to what the transaction does.</summary>
    public static Task AddAsync(
        TenantTransaction transaction, AnalyticsTarget target, DateOnly day, IReadOnlyCollection<string> lines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into analytics_buffer (tenant_id, target, day, lines, line_count, created_at) values (@tenant, @Table, @day, @lines, @count, @now)
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, target.Table, day, lines = lines.ToArray(), count = lines.Count, now }, cancellationToken);
    }

    /// <summary>Lets nothing be sent until the transaction ends: what it finds in the buffer then stays there.</summary>
    /// <exception cref="ProblemException">503 when what is being sent does not arrive: a database that hangs may keep it for minutes.</exception>
    public static async Task HoldAsync(TenantTransaction transaction, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select set_config('lock_timeout', '5s', true);
            select pg_advisory_xact_lock({Lock});
            select set_config('lock_timeout', '0', true);
            """;
        try
        {
            await transaction.ExecuteAsync(sql, null, cancellationToken);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw ProblemException.Unavailable(
                "ANALYTICS_UNAVAILABLE", "The analytics database takes long over what is being sent to it. Nothing was changed; ask again shortly.",
                ClickHouseDatabase.Pause);
        }
    }

    /// <summary>Lines that take the place of all that ClickHouse has of the tenant for those days. The transaction holds the buffer and has
    /// taken the days' own lines out of it.</summary>
    public static Task ReplaceAsync(
        TenantTransaction transaction, AnalyticsTarget target, DateOnly from, DateOnly to, IReadOnlyCollection<string> lines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into analytics_buffer (tenant_id, target, lines, line_count, replace_from, replace_to, created_at)
            values (@tenant, @Table, @lines, @count, @from, @to, @now)
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, target.Table, lines = lines.ToArray(), count = lines.Count, from, to, now }, cancellationToken);
    }

    /// <summary>Sends everything that is committed now, as far as there is time; how many lines left. While another process is at it nothing. What arrives
    /// meanwhile waits for the next time, so that there is an end also where something always arrives.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var (total, started) = (0, time.GetTimestamp());
        var newest = await ScalarAsync<long?>("select max(id) from analytics_buffer", null, cancellationToken);
        for (var waits = newest is not null; waits;)
        {
            await HoldingAsync(wait: false, guard => PutTogetherAsync(guard, cancellationToken), cancellationToken);
            var sent = await HoldingAsync(
                wait: false,
                async guard => await ReplaceAsync(guard, cancellationToken) is > 0 and var replaced ? replaced : await SendBatchAsync(guard, cancellationToken),
                cancellationToken);
            total += sent;
            waits = sent > 0 && time.GetElapsedTime(started) < Longest
                && await ScalarAsync<bool>("select exists (select from analytics_buffer where id <= @newest)", new { newest }, cancellationToken);
        }

        return total;
    }

    /// <summary>Sends the replacements that wait, each before all else; it waits for whoever is sending.</summary>
    /// <exception cref="TimeoutException">Others wait already, and for long.</exception>
    public async Task ApplyReplacementsAsync(CancellationToken cancellationToken)
    {
        if (!await turn.WaitAsync(Patience, cancellationToken))
            throw new TimeoutException("The replacements before this one take long to arrive.");
        try
        {
            while (await HoldingAsync(wait: true, guard => ReplaceAsync(guard, cancellationToken), cancellationToken) > 0)
            {
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<T?> ScalarAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        return await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    // One step while this process alone sends; 0 where another one does.
    private async Task<int> HoldingAsync(bool wait, Func<NpgsqlConnection, Task<int>> step, CancellationToken cancellationToken)
    {
        await using var guard = database.OpenAcrossTenants();
        await guard.OpenAsync(cancellationToken);
        await using var transaction = await guard.BeginTransactionAsync(cancellationToken);
        var take = wait ? $"select true from pg_advisory_xact_lock({Lock})" : $"select pg_try_advisory_xact_lock({Lock})";
        if (!await guard.QuerySingleAsync<bool>(new CommandDefinition(take, cancellationToken: cancellationToken)))
            return 0;

        var sent = await step(guard);
        await transaction.CommitAsync(cancellationToken);
        return sent;
    }

    // A replacement goes before everything else: the rows that wait beside it are not among its own. Doing it again changes nothing.
    private async Task<int> ReplaceAsync(NpgsqlConnection guard, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, tenant_id, target, array_to_string(lines, chr(10)) as lines, line_count, replace_from, replace_to from analytics_buffer
            where replace_from is not null
            order by id
            limit 1
            """;
        var found = await guard.QueryAsync<Replacement>(new CommandDefinition(sql, cancellationToken: cancellationToken));
        if (found.AsList() is not [var replacement])
            return 0;

        var target = AnalyticsTarget.Of(replacement.Target);
        await clickHouse.DeleteDaysAsync(target, replacement.TenantId, replacement.ReplaceFrom, replacement.ReplaceTo, cancellationToken);
        // A token of its own each time: without one ClickHouse would drop a block that is equal to one it has had.
        var refused = await new FittingLines(clickHouse, target).SendAsync(replacement.Lines, $"{Guid.NewGuid()}", cancellationToken);
        var owner = new LineOwner(replacement.TenantId, replacement.ReplaceFrom, replacement.ReplaceTo);
        await ParkAsync(guard, target, refused, _ => owner, cancellationToken);
        await guard.ExecuteAsync(new CommandDefinition(
            "delete from analytics_buffer where id = @Id", new { replacement.Id }, cancellationToken: cancellationToken));
        return Math.Max(1, replacement.LineCount);
    }

    private async Task<int> SendBatchAsync(NpgsqlConnection guard, CancellationToken cancellationToken)
    {
        const string unsent = "select batch_id from analytics_buffer where batch_id is not null limit 1";
        const string read = """
            select tenant_id, target, day, array_to_string(lines, chr(10)) as lines, line_count from analytics_buffer where batch_id = @batch order by id
            """;
        var batch = await guard.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(unsent, cancellationToken: cancellationToken));
        if (batch is null)
            return 0;

        var rows = (await guard.QueryAsync<Row>(new CommandDefinition(read, new { batch }, cancellationToken: cancellationToken))).AsList();
        var lines = string.Join('\n', rows.Select(row => row.Lines));
        var target = AnalyticsTarget.Of(rows[0].Target);
        var refused = await new FittingLines(clickHouse, target).SendAsync(lines, $"{batch}", cancellationToken);
        await ParkAsync(guard, target, refused, place => OwnerOf(rows, place), cancellationToken);
        await guard.ExecuteAsync(new CommandDefinition(
            "delete from analytics_buffer where batch_id = @batch", new { batch }, cancellationToken: cancellationToken));
        return rows.Sum(row => row.LineCount);
    }

    // In a transaction of its own, unless a batch is there already: it must be committed before the batch is sent.
    private static Task<int> PutTogetherAsync(NpgsqlConnection guard, CancellationToken cancellationToken)
    {
        const string sql = """
            with next as (
                select id, sum(line_count) over (order by id) - line_count as before
                from (
                    select id, line_count from analytics_buffer
                    where replace_from is null and batch_id is null
                        and target = (select target from analytics_buffer where replace_from is null and batch_id is null order by id limit 1)
                    order by id
                    limit 2000
                ) as oldest
            )
            update analytics_buffer set batch_id = @batch
            where id in (select id from next where before < @LinesAtOnce) and not exists (select from analytics_buffer where batch_id is not null)
            """;
        return guard.ExecuteAsync(new CommandDefinition(sql, new { batch = Guid.NewGuid(), LinesAtOnce }, cancellationToken: cancellationToken));
    }

    private async Task ParkAsync(
        NpgsqlConnection guard, AnalyticsTarget target, IReadOnlyList<RefusedLine> refused, Func<int, LineOwner> owner, CancellationToken cancellationToken)
    {
        if (refused.Count == 0)
            return;
        await ParkedLines.AddAsync(guard, target, refused, owner, time.GetUtcNow(), cancellationToken);
        LogParked(refused.Count, target.Table);
    }

    private static LineOwner OwnerOf(IReadOnlyList<Row> rows, int place)
    {
        var row = 0;
        for (; place >= rows[row].LineCount; row++)
            place -= rows[row].LineCount;
        return new LineOwner(rows[row].TenantId, rows[row].Day, rows[row].Day);
    }

    [LoggerMessage(LogLevel.Error, "ClickHouse cannot take {Count} lines of {Table}: they are parked with its reasons in analytics_parked.")]
    private partial void LogParked(int count, string table);

    private sealed record Row(string TenantId, string Target, DateOnly? Day, string Lines, int LineCount);

    private sealed record Replacement(
        long Id, string TenantId, string Target, string Lines, int LineCount, DateOnly ReplaceFrom, DateOnly ReplaceTo);
}
