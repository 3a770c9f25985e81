using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Caching;

/// <summary>Where Redis is (settings REDIS_*).</summary>
public sealed record RedisOptions
{
    [Required]
    [ConfigurationKeyName("REDIS_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("REDIS_PORT")]
    public int Port { get; init; } = 6379;

    [ConfigurationKeyName("REDIS_PASSWORD")]
    public string? Password { get; init; }

    [ConfigurationKeyName("REDIS_TLS")]
    public bool Tls { get; init; }

    internal ConfigurationOptions Connection(string client) => new()
    {
        EndPoints = { { Host, Port } },
        Password = Password,
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
