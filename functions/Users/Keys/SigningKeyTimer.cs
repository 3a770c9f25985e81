using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Users.Keys;

/// <summary>Makes the next key of access tokens in time.</summary>
public sealed class SigningKeyTimer(SigningKeys keys)
{
    [Function("RotateSigningKeys")]
    public Task Run([TimerTrigger("%SIGNING_KEY_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) => keys.EnsureAsync(cancellationToken);
}
