using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mfa;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>
/// Opens a session for whoever has a passkey, without asking for name or password. An authenticator that knows its owner is both factors; one
/// that was only touched is the first. Whatever is wrong, the answer is one.
/// </summary>
public sealed class SignInByPasskey(
    Database database, UserStore users, PasskeyStore store, PasskeyChallenges challenges, PasskeyCeremony ceremony, PasskeyCheck check,
    MfaChallenges secondFactors, OpenSession openSession, AuditLog audit, TimeProvider time)
{
    // Nobody is known yet.
    private static readonly Guid Anybody = Guid.Empty;

    public async Task<PasskeyPrompt> BeginAsync(Caller caller) =>
        ceremony.PromptFor(await challenges.StartAsync(caller.Tenant, PasskeyPurpose.SignIn, Anybody), passkeys: [], verifiesUser: false);

    public async Task<SignInView> CompleteAsync(
        Caller caller, PasskeyProofRequest request, string? userAgent, CancellationToken cancellationToken)
    {
        var tenant = caller.Tenant;
        var proof = await check.RunAsync(
            tenant, PasskeyPurpose.SignIn, Anybody, request.Credential!, verifiesUser: false, cancellationToken);
        if (proof.Passkey is not { } passkey || await users.FindAsync(tenant, passkey.UserId, cancellationToken) is not { } user)
        {
            await NoteAsync(caller, new AuditEntry("sign_in.failed", null, new { reason = "unknown_passkey", by = "passkey" }), cancellationToken);
            throw Refused();
        }

        if (proof.Signature is not { } signature)
            throw await NoteFailureAsync(caller, passkey, proof.Fault!, cancellationToken);
        if (!user.MaySignIn)
            throw await NoteFailureAsync(caller, passkey, "not_allowed", cancellationToken);
        if (!await UseAsync(caller, passkey, signature, cancellationToken))
            throw await NoteFailureAsync(caller, passkey, "counter", cancellationToken);

        if (user.HasSecondFactor && !signature.UserVerified)
        {
            var mfaToken = await secondFactors.StartAsync(tenant, user);
            await NoteAsync(
                caller, new AuditEntry("sign_in.second_factor_asked", user.Id, new { by = "passkey", passkey = passkey.Id }), cancellationToken);
            return SignInView.Ask(mfaToken, MfaChallenges.Life);
        }

        var entry = new AuditEntry("session.started", user.Id, new { by = "passkey", passkey = passkey.Id });
        var tokens = await openSession.RunAsync(
            tenant, user, new SessionOrigin(caller.Address, userAgent), AuditActor.Of(caller) with { Id = user.Id }, entry, cancellationToken);
        return SignInView.Of(tokens ?? throw Refused());
    }

    private async Task<bool> UseAsync(Caller caller, Passkey passkey, PasskeySignature signature, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(caller.Tenant);
        return await store.UseAsync(connection, passkey.Id, signature.SignCount, signature.Synced, time.GetUtcNow(), cancellationToken);
    }

    private async Task<ProblemException> NoteFailureAsync(Caller caller, Passkey passkey, string reason, CancellationToken cancellationToken)
    {
        await NoteAsync(
            caller, new AuditEntry("sign_in.failed", passkey.UserId, new { reason, by = "passkey", passkey = passkey.Id }), cancellationToken);
        return Refused();
    }

    private Task NoteAsync(Caller caller, AuditEntry entry, CancellationToken cancellationToken) =>
        audit.WriteAloneAsync(database, caller, entry, time.GetUtcNow(), cancellationToken);

    private static ProblemException Refused() => ProblemException.Unauthenticated(
        "PASSKEY_REFUSED", "This passkey opens nothing here, or its challenge is used or too old. Try again, or sign in another way.");
}
