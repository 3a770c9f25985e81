using Dapper;
using Npgsql;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Keeps everybody out of one table, so that whoever works on it stands still at a known place.</summary>
public sealed class TableLock(
    NpgsqlDataSource owner, string table, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    private const string Waiting = """
        from pg_locks
        where relation = @table::regclass and database = (select oid from pg_database where datname = current_database()) and not granted
        """;

    public static async Task<TableLock> TakeAsync(NpgsqlDataSource owner, string table)
    {
        var connection = await owner.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"lock table {table} in access exclusive mode", transaction: transaction);
        return new TableLock(owner, table, connection, transaction);
    }

    /// <summary>Timers come by at any time and work as the jobs role: they are not who is waited for.</summary>
    public Task UntilSomebodyWaitsAsync() => Eventually.HoldsAsync(
        async () => await AskAsync<bool>(
            $"select exists (select {Waiting} and pid in (select pid from pg_stat_activity where usename not like '%\\_jobs'))"),
        $"Nobody came to {table}.");

    /// <summary>Until so many of them do at once.</summary>
    public Task UntilSoManyWaitAsync(int count) => Eventually.HoldsAsync(
        async () => await AskAsync<long>(
            $"select count(*) {Waiting} and pid in (select pid from pg_stat_activity where usename not like '%\\_jobs')") >= count,
        $"Not {count} came to {table}.");

    /// <summary>Ends the connections that wait: the server would carry out what a killed process had asked for last.</summary>
    public Task EndWhoWaitsAsync() => AskAsync<long>($"select count(pg_terminate_backend(pid, 5000)) {Waiting}");

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var asking = await owner.OpenConnectionAsync();
        return (await asking.ExecuteScalarAsync<T>(sql, new { table }))!;
    }
}
