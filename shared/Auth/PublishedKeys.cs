using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
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

/// <summary>
/// The public keys of access tokens, as they were learnt last. To ask for one causes no call, whatever the id: strangers name any they like.
/// </summary>
public sealed class PublishedKeys(TimeProvider time)
{
    public const string Path = "/.well-known/jwks.json";

    // An app that has just started learns them within moments.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource learnt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyDictionary<string, SecurityKey>? known;

    public void Learn(IEnumerable<SecurityKey> keys)
    {
        known = keys.ToDictionary(key => key.KeyId);
        learnt.TrySetResult();
    }

    /// <summary>The key of that id, or null when Users does not publish it.</summary>
    /// <exception cref="ProblemException">503 when the keys were never seen.</exception>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (known is null)
            await WaitAsync(cancellationToken);
        return known!.GetValueOrDefault(keyId);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await learnt.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw ProblemException.Unavailable(
                "KEYS_UNAVAILABLE", "Tokens cannot be checked right now. Try again shortly.", TimeSpan.FromSeconds(5));
        }
    }
}
