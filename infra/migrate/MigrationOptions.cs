using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Migrating;

/// <summary>Which server, and who we are there (settings POSTGRES_*; the user is the owner of the database).</summary>
public sealed record MigrationOptions
{
    [Required]
    [ConfigurationKeyName("POSTGRES_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("POSTGRES_PORT")]
    public int Port { get; init; } = 5432;

    [Required]
    [ConfigurationKeyName("POSTGRES_DB")]
    public string Database { get; init; } = "ai_trading";

    /// <summary>The owner: not an app's role, which may change no table.</summary>
    [Required]
    [ConfigurationKeyName("POSTGRES_USER")]
    public string Owner { get; init; } = "";

    /// <summary>Without it the owner signs in with a token of Entra ID.</summary>
    [ConfigurationKeyName("POSTGRES_PASSWORD")]
    public string? Password { get; init; }

    /// <summary>Of the apps' roles, where they have passwords.</summary>
    [ConfigurationKeyName("ROLE_PASSWORD")]
    public string? RolePassword { get; init; }

    /// <summary>Without it the analytics database is left alone.</summary>
    [ConfigurationKeyName("CLICKHOUSE_HOST")]
    public string? ClickHouseHost { get; init; }
}
