using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>
/// Rows for the analytics database wait in PostgreSQL, written with what they tell, and leave in batches. A batch is put together and
/// committed before it is sent, and sent again as it was until ClickHouse has it; its id lets ClickHouse drop a second one.
/// </summary>
public sealed class EventBuffer(Database database, ClickHouseDatabase clickHouse)
{
    private const int LinesAtOnce = 20_000;

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
    public static Task HoldAsync(TenantTransaction transaction, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync($"select pg_advisory_xact_lock({Lock})", null, cancellationToken);

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

    /// <summary>Sends everything that is committed now; how many lines left. While another process is at it nothing, unless it shall wait.</summary>
    public async Task<int> DrainAsync(bool wait, CancellationToken cancellationToken)
    {
        var total = 0;
        int sent;
        do
        {
            sent = await SendAsync(wait, cancellationToken);
            total += sent;
        }
        while (sent > 0);
        return total;
    }

    private async Task<int> SendAsync(bool wait, CancellationToken cancellationToken)
    {
        await using var guard = database.OpenAcrossTenants();
        await guard.OpenAsync(cancellationToken);
        await using var transaction = await guard.BeginTransactionAsync(cancellationToken);
        var take = wait ? $"select true from pg_advisory_xact_lock({Lock})" : $"select pg_try_advisory_xact_lock({Lock})";
        if (!await guard.QuerySingleAsync<bool>(new CommandDefinition(take, cancellationToken: cancellationToken)))
            return 0;

        var sent = await ReplaceAsync(guard, cancellationToken);
        if (sent == 0)
            sent = await SendBatchAsync(guard, cancellationToken);
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
        await clickHouse.InsertLinesAsync(target, replacement.Lines, $"{Guid.NewGuid()}", cancellationToken);
        await guard.ExecuteAsync(new CommandDefinition(
            "delete from analytics_buffer where id = @Id", new { replacement.Id }, cancellationToken: cancellationToken));
        return Math.Max(1, replacement.LineCount);
    }

    private async Task<int> SendBatchAsync(NpgsqlConnection guard, CancellationToken cancellationToken)
    {
        const string unsent = "select batch_id from analytics_buffer where batch_id is not null limit 1";
        const string read = "select target, array_to_string(lines, chr(10)) as lines, line_count from analytics_buffer where batch_id = @batch order by id";
        var batch = await guard.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(unsent, cancellationToken: cancellationToken))
            ?? await PutTogetherAsync(cancellationToken);
        if (batch is null)
            return 0;

        var rows = (await guard.QueryAsync<Row>(new CommandDefinition(read, new { batch }, cancellationToken: cancellationToken))).AsList();
        var lines = string.Join('\n', rows.Select(row => row.Lines));
        await clickHouse.InsertLinesAsync(AnalyticsTarget.Of(rows[0].Target), lines, $"{batch}", cancellationToken);
        await guard.ExecuteAsync(new CommandDefinition(
            "delete from analytics_buffer where batch_id = @batch", new { batch }, cancellationToken: cancellationToken));
        return rows.Sum(row => row.LineCount);
    }

    // On a connection of its own: it must be committed before the batch is sent.
    private async Task<Guid?> PutTogetherAsync(CancellationToken cancellationToken)
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
            update analytics_buffer set batch_id = @batch where id in (select id from next where before < @LinesAtOnce)
            """;
        var batch = Guid.NewGuid();
        await using var connection = database.OpenAcrossTenants();
        var rows = await connection.ExecuteAsync(new CommandDefinition(sql, new { batch, LinesAtOnce }, cancellationToken: cancellationToken));
        return rows == 0 ? null : batch;
    }

    private sealed record Row(string Target, string Lines, int LineCount);

    private sealed record Replacement(
        long Id, string TenantId, string Target, string Lines, int LineCount, DateOnly ReplaceFrom, DateOnly ReplaceTo);
}
