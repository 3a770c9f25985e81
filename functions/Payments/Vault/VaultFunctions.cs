using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Vault;

public sealed class VaultFunctions(ReencryptSecrets reencrypt, Caller caller)
{
    [Function("ReencryptSecrets"), Requires("payments:reencrypt", PlatformOnly = true)]
    [Summary("Seals every token and server key under the current encryption key. For administrators of the platform, after a new key was set.")]
    public async Task<Ok<ReencryptionView>> Reencrypt(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/vault/reencrypt")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (caller.Service is not null)
            throw ProblemException.Forbidden("PLATFORM_ONLY", "Only administrators of the platform may do this.");
        return TypedResults.Ok(await reencrypt.RunAsync(cancellationToken));
    }
}
