using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Where the keys are published.</summary>
public sealed record PublishedKeysOptions
{
    /// <summary>Base address of the Users app.</summary>
    [Required, Url]
    [ConfigurationKeyName("USERS_URL")]
    public string UsersUrl { get; init; } = "";
}

/// <summary>The public keys of access tokens, fetched from Users and kept; an unknown key id asks again at most twice a minute.</summary>
public sealed partial class PublishedKeys(IHttpClientFactory clients, IOptions<PublishedKeysOptions> options, TimeProvider time, ILogger<PublishedKeys> logger)
{
    public const string Path = "/.well-known/jwks.json";
    public const string HttpClientName = "published-keys";
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim fetching = new(1, 1);
    private volatile Known? known;
    private long? failedAt;

    private sealed record Known(IReadOnlyDictionary<string, SecurityKey> Keys, long FetchedAt);

    /// <summary>The key of that id, or null when Users does not publish it.</summary>
    /// <exception cref="ProblemException">503 when the keys were never seen and Users does not answer.</exception>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var current = known;
        var found = current?.Keys.GetValueOrDefault(keyId);
        if (current is null || Age(current) > (found is null ? AskAgain : Fresh))
            found = (await FetchAsync(current, cancellationToken)).Keys.GetValueOrDefault(keyId);
        return found;
    }

    private TimeSpan Age(Known keys) => time.GetElapsedTime(keys.FetchedAt);

    private async Task<Known> FetchAsync(Known? seen, CancellationToken cancellationToken)
    {
        await fetching.WaitAsync(cancellationToken);
        try
        {
            if (failedAt is { } failed && time.GetElapsedTime(failed) < Pause)
                throw Unavailable();

            // Whoever waited at the door finds the answer of the one before.
            if (known is { } current && !ReferenceEquals(current, seen))
                return current;

            using var client = clients.CreateClient(HttpClientName);
            var set = new JsonWebKeySet(await client.GetStringAsync(new Uri(new Uri(options.Value.UsersUrl), Path), cancellationToken));
            return known = new Known(set.GetSigningKeys().ToDictionary(key => key.KeyId), time.GetTimestamp());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreachable(exception);
            // Keys that were good go on being used, and nobody asks again for a while: a hanging Users app must not hang the others.
            if (seen is not null)
                return known = seen with { FetchedAt = time.GetTimestamp() };
            failedAt = time.GetTimestamp();
            throw Unavailable();
        }
        finally
        {
            fetching.Release();
        }
    }

    private static ProblemException Unavailable() => ProblemException.Unavailable(
        "KEYS_UNAVAILABLE", "Tokens cannot be checked right now. Try again shortly.", TimeSpan.FromSeconds(5));

    [LoggerMessage(LogLevel.Warning, "The keys of access tokens could not be fetched from Users.")]
    private partial void LogUnreachable(Exception exception);
}
