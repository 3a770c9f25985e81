using System.ComponentModel.DataAnnotations;
using ClickHouse.Driver.ADO;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>Where the analytics database is (settings CLICKHOUSE_*).</summary>
public sealed record ClickHouseOptions
{
    [Required]
    [ConfigurationKeyName("CLICKHOUSE_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("CLICKHOUSE_PORT")]
    public int Port { get; init; } = 8123;

    [Required]
    [ConfigurationKeyName("CLICKHOUSE_USER")]
    public string User { get; init; } = "default";

    [ConfigurationKeyName("CLICKHOUSE_PASSWORD")]
    public string Password { get; init; } = "";

    [Required]
    [ConfigurationKeyName("CLICKHOUSE_DB")]
    public string Database { get; init; } = "ai_trading_analytics";

    [ConfigurationKeyName("CLICKHOUSE_TLS")]
    public bool Tls { get; init; }

    /// <summary>In the driver's form, for clients and migrations.</summary>
    public string ConnectionString => new ClickHouseConnectionStringBuilder
    {
        Host = Host,
        Port = (ushort)Port,
        Protocol = Tls ? "https" : "http",
        Username = User,
        Password = Password,
        Database = Database,
        // Plain decimals: ours have ten digits, far from where .NET's own type ends.
        UseCustomDecimals = false,
    }.ConnectionString;
}
