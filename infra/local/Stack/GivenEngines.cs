using System.Security.Cryptography;
using System.Text;
using System.Globalization;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Shared.Analytics;
using StackExchange.Redis;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Engines that the developer runs: whatever has its setting in the launcher's environment is used and not started.</summary>
internal static class GivenEngines
{
    public static bool Postgres => Value("POSTGRES_HOST") is not null;
    public static bool Redis => Value("REDIS_HOST") is not null;
    public static bool ClickHouse => Value("CLICKHOUSE_HOST") is not null;
    public static bool Storage => Value("AzureWebJobsStorage") is not null;

    public static StackEndpoints Endpoints(StackPorts ports, string clockFile, string ownStorage) => new(ports)
    {
        PostgresHost = Value("POSTGRES_HOST") ?? "127.0.0.1",
        PostgresPort = Postgres ? Port("POSTGRES_PORT", 5432) : ports.Engines.Postgres,
        Database = Value("POSTGRES_DB") ?? "ai_trading",
        Owner = Postgres ? Needed("POSTGRES_USER", "the role that may create databases and roles") : PostgresEngine.Owner,
        OwnerPassword = Postgres ? Needed("POSTGRES_PASSWORD", "the password of that role") : LocalSettings.EnginePassword,
        // A server that others may reach does not get a password that everybody can read in this repository.
        // It is derived from the owner's, which the apps never learn.
        RolePassword = Postgres ? Derived(Needed("POSTGRES_PASSWORD", "the password of that role")) : LocalSettings.EnginePassword,
        RedisHost = Value("REDIS_HOST") ?? "127.0.0.1",
        RedisPort = Redis ? Port("REDIS_PORT", 6379) : ports.Engines.Redis,
        RedisPassword = Redis ? Value("REDIS_PASSWORD") : LocalSettings.EnginePassword,
        RedisTls = Redis && IsTrue("REDIS_TLS"),
        ClickHouseHost = Value("CLICKHOUSE_HOST") ?? "127.0.0.1",
        ClickHousePort = ClickHouse ? Port("CLICKHOUSE_PORT", 8123) : ports.Engines.ClickHouse,
        ClickHouseUser = ClickHouse ? Value("CLICKHOUSE_USER") ?? "default" : ClickHouseEngine.User,
        ClickHousePassword = ClickHouse ? Value("CLICKHOUSE_PASSWORD") ?? "" : LocalSettings.EnginePassword,
        ClickHouseDatabase = (ClickHouse ? Value("CLICKHOUSE_DB") : null) ?? new ClickHouseOptions().Database,
        ClickHouseTls = ClickHouse && IsTrue("CLICKHOUSE_TLS"),
        Storage = Value("AzureWebJobsStorage") ?? ownStorage,
        ClockFile = clockFile,
    };

    /// <summary>Servers whose data are not ours to remove, by the setting that names each.</summary>
    public static IReadOnlyList<string> Named =>
        [.. new[] { "POSTGRES_HOST", "REDIS_HOST", "CLICKHOUSE_HOST", "AzureWebJobsStorage" }.Where(name => Value(name) is not null)];

    /// <summary>What to look at when a server that we did not start does not serve.</summary>
    public static string Check(string settings) =>
        $"Check that this server runs (the containers: docker compose -f infra/local/compose.yaml up --wait) and that {settings} are right.";

    /// <summary>Asks the given Redis: the databases are asked by their migrations, and the apps would wait for a Redis that never comes.</summary>
    /// <exception cref="StackException">It does not answer, or not to us.</exception>
    public static async Task EnsureRedisAsync(StackEndpoints stack, CancellationToken cancellationToken)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { stack.RedisHost, stack.RedisPort } },
            Password = stack.RedisPassword,
            Ssl = stack.RedisTls,
            ConnectTimeout = 5000,
            ConnectRetry = 1,
        };
        try
        {
            await RedisEngine.PingAsync(options, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new StackException($"The Redis on {stack.RedisHost}:{stack.RedisPort} does not answer. "
                + $"{Check("REDIS_HOST, REDIS_PORT, REDIS_PASSWORD and REDIS_TLS")} The reason: {exception.Message}", exception);
        }
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool IsTrue(string name) => string.Equals(Value(name), "true", StringComparison.OrdinalIgnoreCase);

    private static string Needed(string name, string meaning) =>
        Value(name) ?? throw new StackException($"POSTGRES_HOST is set, so that server is used; set {name} as well: {meaning}. Or "
            + "unset POSTGRES_HOST to have a server started.");

    private static int Port(string name, int fallback) => Value(name) is not { } text
        ? fallback
        : int.TryParse(text, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new StackException($"{name} is '{text}', which is not a port: set a number from 1 to 65535.");

    private static string Derived(string ownerPassword) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ownerPassword), "service roles"u8));
}
