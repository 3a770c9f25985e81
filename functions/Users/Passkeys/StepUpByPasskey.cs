using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mfa;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>
/// Proves anew who uses a session by one of his passkeys. The authenticator must know its owner, so that this counts with a second factor too.
/// </summary>
public sealed class StepUpByPasskey(
    Database database, PasskeyStore store, PasskeyChallenges challenges, PasskeyCeremony ceremony, PasskeyCheck check, StepUp stepUp,
    AuditLog audit, TimeProvider time)
{
    public async Task<PasskeyPrompt> BeginAsync(Caller caller, CancellationToken cancellationToken)
    {
        var passkeys = await store.ListAsync(caller.Tenant, caller.RequireSelf(), cancellationToken);
        if (passkeys.Count == 0)
            throw ProblemException.NotFound("PASSKEY_NOT_FOUND", "This account has no passkey.");

        var challenge = await challenges.StartAsync(caller.Tenant, PasskeyPurpose.StepUp, caller.Session!.Value);
        return ceremony.PromptFor(challenge, passkeys, verifiesUser: true);
    }

    public async Task CompleteAsync(Caller caller, PasskeyProofRequest request, CancellationToken cancellationToken)
    {
        var user = caller.RequireSelf();
        var proof = await check.RunAsync(
            caller.Tenant, PasskeyPurpose.StepUp, caller.Session!.Value, request.Credential!, verifiesUser: true, cancellationToken);
        var fault = proof.Fault ?? (proof.Passkey!.UserId == user ? null : "not_own");
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (fault is null
            && await store.UseAsync(transaction, proof.Passkey!.Id, proof.Signature!.SignCount, proof.Signature.Synced, now, cancellationToken))
        {
            await stepUp.ProveAsync(transaction, caller, user, "passkey", now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return;
        }

        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("passkey.failed", user, new { reason = fault ?? "counter" }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        throw ProblemException.Forbidden(
            "WRONG_PASSKEY", "This passkey proves nothing here, or its challenge is used or too old. Ask for options again.");
    }
}
