using Npgsql;

namespace ServerlessBusiness.Local.Engines;

/// <summary>Databases on a server, made and dropped by name. Names come from us, never from outside.</summary>
public static class PostgresDatabases
{
    public static async Task CreateWhenMissingAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var ask = new NpgsqlCommand("select exists (select from pg_database where datname = "
            + "$1)", connection) { Parameters = { new() { Value = database } } };
        if (await ask.ExecuteScalarAsync(cancellationToken) is not true)
            await RunAsync(connection, $"create database {Quote(database)}", cancellationToken);
    }

    public static Task CopyAsync(NpgsqlConnection connection, string template, string database, CancellationToken cancellationToken) =>
        RunAsync(connection, $"create database {Quote(database)} template {Quote(template)}", cancellationToken);

    /// <summary>Ends the connections to a database and refuses new ones, so that it can be copied.</summary>
    public static async Task SealAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await RunAsync(connection, $"alter database {Quote(database)} with allow_connections false", cancellationToken);
        await using var end = new NpgsqlCommand("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = "
            + "$1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        await end.ExecuteNonQueryAsync(cancellationToken);
    }

    public static Task DropAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken) =>
        RunAsync(connection, $"drop database if exists {Quote(database)} with (force)", cancellationToken);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
