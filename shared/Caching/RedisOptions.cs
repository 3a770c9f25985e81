using System.ComponentModel.DataAnnotations;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using ServerlessBusiness.Shared.Data;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Caching;

/// <summary>Where Redis is (settings REDIS_*).</summary>
public sealed record RedisOptions : IValidatableObject
{
    [Required]
    [ConfigurationKeyName("REDIS_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("REDIS_PORT")]
    public int Port { get; init; } = 6379;

    [ConfigurationKeyName("REDIS_PASSWORD")]
    public string? Password { get; init; }

    /// <summary>Client id of the managed identity that signs in; with it there is no password.</summary>
    [ConfigurationKeyName("REDIS_IDENTITY")]
    public string? Identity { get; init; }

    /// <summary>Object id of that identity, which is its user name there.</summary>
    [ConfigurationKeyName("REDIS_USER")]
    public string? User { get; init; }

    [ConfigurationKeyName("REDIS_TLS")]
    public bool Tls { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Identity) != string.IsNullOrEmpty(User))
            yield return new ValidationResult("REDIS_IDENTITY and REDIS_USER are given both or neither.", [nameof(User)]);
    }

    internal ConfigurationOptions Connection(string client) =>
        Connection(client, string.IsNullOrEmpty(Identity) ? null : EntraSignIn.Identity(Identity));

    internal ConfigurationOptions Connection(string client, TokenCredential? credential)
    {
        var connection = Plain(client);
        if (credential is null)
            connection.Password = Password;
        else
            connection.Defaults = new EntraRedisSignIn(credential, User!);
        return connection;
    }

    private ConfigurationOptions Plain(string client) => new()
    {
        EndPoints = { { Host, Port } },
        Ssl = Tls,
        ClientName = client,
        // The app starts without Redis and finds it later; while it is away calls fail at once instead of queueing up.
        AbortOnConnectFail = false,
        BacklogPolicy = BacklogPolicy.FailFast,
        ConnectTimeout = 2000,
        SyncTimeout = 2000,
        AsyncTimeout = 2000,
        ReconnectRetryPolicy = new LinearRetry(500),
    };
}
