using System.Data.Common;
using System.Net.Sockets;
using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Migrations;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Brings the databases of a stack up to date.</summary>
public static class Migrate
{
    /// <summary>Creates the database when it is missing, then roles, schemas, tables and queues.</summary>
    /// <param name="seed">Also loads the demo tenant and its users.</param>
    /// <returns>How many connections the server takes.</returns>
    public static async Task<int> PostgresAsync(StackEndpoints stack, bool seed, CancellationToken cancellationToken)
    {
        try
        {
            int connections;
            await using (var server = new NpgsqlConnection(stack.OwnerConnectionString("postgres")))
            {
                await server.OpenAsync(cancellationToken);
                await using (var ask = new NpgsqlCommand("select current_setting('max_connections')::int", server))
                    connections = (int)(await ask.ExecuteScalarAsync(cancellationToken))!;
                await PostgresDatabases.CreateWhenMissingAsync(server, stack.Database, cancellationToken);
            }
            var owner = stack.OwnerConnectionString(stack.Database);
            await MigrationRunner.RunAsync(owner, stack.RolePassword, cancellationToken);
            if (seed)
                await MigrationRunner.SeedDemoAsync(owner, cancellationToken);
            return connections;
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            var givenBy = GivenEngines.Postgres ? "POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER and POSTGRES_PASSWORD" : null;
            throw new StackException($"The database {stack.Database} on {stack.PostgresHost}:{stack.PostgresPort} could not be "
                + $"migrated. {Advice(givenBy, exception)} The reason: {exception.Message}", exception);
        }
    }

    /// <summary>Creates the analytics database and its tables.</summary>
    public static async Task ClickHouseAsync(StackEndpoints stack, CancellationToken cancellationToken)
    {
        try
        {
            await ClickHouseMigrations.RunAsync(stack.ClickHouseConnectionString, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or HttpRequestException or InvalidOperationException
            or TaskCanceledException { InnerException: TimeoutException })
        {
            var givenBy = GivenEngines.ClickHouse
                ? "CLICKHOUSE_HOST, CLICKHOUSE_PORT, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DB and CLICKHOUSE_TLS"
                : null;
            throw new StackException($"The analytics database on {stack.ClickHouseHost}:{stack.ClickHousePort} could not be "
                + $"migrated. {Advice(givenBy, exception)} The reason: {exception.Message}", exception);
        }
    }

    // Starting empty brings back no server that is away, and is refused beside one that is not ours.
    internal static string Advice(string? givenBy, Exception reason) => (givenBy, IsAway(reason)) switch
    {
        ({ } settings, _) => $"{GivenEngines.Check(settings)} Data of another version of the migrations are yours to empty.",
        (null, true) => "Start the stack again.",
        (null, false) => "If its data come from another version of the migrations, start with --fresh.",
    };

    private static bool IsAway(Exception reason)
    {
        for (var cause = reason; cause is not null; cause = cause.InnerException)
            if (cause.IsDatabaseAway() || cause is SocketException or IOException or TimeoutException)
                return true;
        return false;
    }
}
