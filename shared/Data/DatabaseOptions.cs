using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Data;

/// <summary>Where PostgreSQL is and who this service is there (settings POSTGRES_*).</summary>
public sealed record DatabaseOptions
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

    /// <summary>The app role; by default that of the service. The jobs role is always the service's own.</summary>
    [ConfigurationKeyName("POSTGRES_USER")]
    public string? User { get; init; }

    [Required]
    [ConfigurationKeyName("POSTGRES_PASSWORD")]
    public string Password { get; init; } = "";

    [Range(1, 500)]
    [ConfigurationKeyName("POSTGRES_POOL_SIZE")]
    public int PoolSize { get; init; } = 32;

    internal string ConnectionString(ServiceIdentity service, bool jobs) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Username = jobs ? service.JobsRole : string.IsNullOrEmpty(User) ? service.AppRole : User,
        Password = Password,
        ApplicationName = $"{service.Name}{(jobs ? " jobs" : "")}",
        SearchPath = service.Schema,
        MaxPoolSize = jobs ? Math.Max(4, PoolSize / 4) : PoolSize,
        // Nothing here outlives its transaction (the tenant is set locally), so a returned connection needs no reset.
        NoResetOnClose = true,
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        Timeout = 5,
        CommandTimeout = 30,
    }.ConnectionString;
}
