using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Data;

/// <summary>Where PostgreSQL is and who this service is there (settings POSTGRES_*).</summary>
public sealed record DatabaseOptions : IValidatableObject
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

    [ConfigurationKeyName("POSTGRES_PASSWORD")]
    public string Password { get; init; } = "";

    /// <summary>Client id of the managed identity that is the app role; with it there is no password.</summary>
    [ConfigurationKeyName("POSTGRES_IDENTITY")]
    public string? Identity { get; init; }

    /// <summary>Client id of the managed identity that is the jobs role.</summary>
    [ConfigurationKeyName("POSTGRES_JOBS_IDENTITY")]
    public string? JobsIdentity { get; init; }

    [Range(1, 500)]
    [ConfigurationKeyName("POSTGRES_POOL_SIZE")]
    public int PoolSize { get; init; } = 32;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Identity))
            yield return new ValidationResult("It is needed, unless POSTGRES_IDENTITY names a managed identity.", [nameof(Password)]);
        if (string.IsNullOrEmpty(Identity) != string.IsNullOrEmpty(JobsIdentity))
            yield return new ValidationResult("POSTGRES_IDENTITY and POSTGRES_JOBS_IDENTITY are given both or neither.", [nameof(JobsIdentity)]);
    }

    internal NpgsqlDataSource Open(ServiceIdentity service, bool jobs)
    {
        var identity = jobs ? JobsIdentity : Identity;
        return string.IsNullOrEmpty(identity)
            ? NpgsqlDataSource.Create(ConnectionString(service, jobs))
            : EntraSignIn.Open(ConnectionString(service, jobs), EntraSignIn.Identity(identity));
    }

    internal string ConnectionString(ServiceIdentity service, bool jobs) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Username = jobs ? service.JobsRole : string.IsNullOrEmpty(User) ? service.AppRole : User,
        Password = string.IsNullOrEmpty(Identity) ? Password : null,
        SslMode = string.IsNullOrEmpty(Identity) ? SslMode.Prefer : SslMode.VerifyFull,
        // No server of ours speaks Kerberos; asking for it holds a thread at each opening.
        GssEncryptionMode = GssEncryptionMode.Disable,
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
