using Npgsql;
using ServerlessBusiness.Shared.Analytics;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Where the parts of one stack are, whether we run them or were given them.</summary>
public sealed record StackEndpoints(StackPorts Ports)
{
    public required string PostgresHost { get; init; }
    public required int PostgresPort { get; init; }
    public string Database { get; init; } = "ai_trading";

    /// <summary>The role that migrates. The apps never get it.</summary>
    public required string Owner { get; init; }
    public required string OwnerPassword { get; init; }

    /// <summary>Of the apps' own roles.</summary>
    public required string RolePassword { get; init; }

    public required string RedisHost { get; init; }
    public required int RedisPort { get; init; }
    public string? RedisPassword { get; init; }
    public bool RedisTls { get; init; }

    public required string ClickHouseHost { get; init; }
    public required int ClickHousePort { get; init; }
    public required string ClickHouseUser { get; init; }
    public required string ClickHousePassword { get; init; }
    public string ClickHouseDatabase { get; init; } = new ClickHouseOptions().Database;
    public bool ClickHouseTls { get; init; }

    public required string Storage { get; init; }
    public required string ClockFile { get; init; }

    /// <summary>False when the apps run without a gateway before them, as in tests.</summary>
    public bool HasGateway { get; init; } = true;

    /// <summary>Where the outside world finds an app.</summary>
    public string PublicUrl(FunctionApp app) => HasGateway ? $"http://127.0.0.1:{Ports.Gateway}/{app.Name}" : Url(app);

    public string Url(FunctionApp app) => $"http://127.0.0.1:{Ports.Of(app)}";

    public string OwnerConnectionString(string database) => Connection(database, Owner, OwnerPassword);

    public string RoleConnectionString(string role) => Connection(Database, role, RolePassword);

    public string ClickHouseConnectionString => new ClickHouseOptions
    {
        Host = ClickHouseHost,
        Port = ClickHousePort,
        User = ClickHouseUser,
        Password = ClickHousePassword,
        Database = ClickHouseDatabase,
        Tls = ClickHouseTls,
    }.ConnectionString;

    private string Connection(string database, string user, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = PostgresHost,
        Port = PostgresPort,
        Database = database,
        Username = user,
        Password = password,
    }.ConnectionString;
}
