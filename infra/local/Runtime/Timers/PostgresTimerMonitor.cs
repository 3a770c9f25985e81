using Npgsql;

namespace ServerlessBusiness.Runtime.Timers;

// Keeps the timers' states beside the broker's messages. A turn is an advisory lock, so it ends with its process.
internal sealed class PostgresTimerMonitor(NpgsqlDataSource db, string app) : ITimerMonitor, IAsyncDisposable
{
    private const string Read = "select schedule, last, next, updated_at from local_broker.timers where name = @name";

    private const string Write = """
        insert into local_broker.timers (name, schedule, last, next, updated_at)
        values (@name, @schedule, @last, @next, @updatedAt)
        on conflict (name) do update
        set schedule = excluded.schedule, last = excluded.last, next = excluded.next, updated_at = excluded.updated_at
        """;

    public async Task<ITimerTurn?> TryEnterAsync(string timer, CancellationToken cancellationToken)
    {
        var name = $"{app}/{timer}";
        var connection = await db.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(connection, "select pg_try_advisory_lock(hashtextextended(@name, 0))", name);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                return new Turn(connection, name);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public ValueTask DisposeAsync() => db.DisposeAsync();

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string name)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("name", name);
        return command;
    }

    private sealed class Turn(NpgsqlConnection connection, string name) : ITimerTurn
    {
        public async Task<TimerState?> ReadAsync()
        {
            await using var command = Command(connection, Read, name);
            await using var reader = await command.ExecuteReaderAsync();
            if (!await reader.ReadAsync())
                return null;

            return new TimerState(reader.GetString(0), Time(1), Time(2), Time(3));

            DateTimeOffset Time(int column) => reader.GetFieldValue<DateTimeOffset>(column);
        }

        public async Task WriteAsync(TimerState state)
        {
            await using var command = Command(connection, Write, name);
            command.Parameters.AddWithValue("schedule", state.Schedule);
            command.Parameters.AddWithValue("last", state.Last);
            command.Parameters.AddWithValue("next", state.Next);
            command.Parameters.AddWithValue("updatedAt", state.UpdatedAt);
            await command.ExecuteNonQueryAsync();
        }

        // A pooled connection is reset before its next use, which frees the lock late; a run that is over must free it now.
        public async ValueTask DisposeAsync()
        {
            await using var closing = connection;
            if (connection.State != System.Data.ConnectionState.Open)
                return;

            await using var command = Command(connection, "select pg_advisory_unlock(hashtextextended(@name, 0))", name);
            await command.ExecuteNonQueryAsync();
        }
    }
}
