using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>What an authenticator app needs, as text and as the content of a QR code. It is shown once.</summary>
public sealed record TotpEnrolmentView(string Secret, string Uri);

/// <summary>Hands out the secret of a second factor. It counts only after its first code.</summary>
public sealed class EnrolTotp(Database database, UserStore users, MfaStore store, SecondFactorCheck check, AuditLog audit, TimeProvider time)
{
    public async Task<TotpEnrolmentView> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = caller.RequireRecentProof(now);
        var secret = TotpSecret.Create();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var user = await users.FindAsync(transaction, id, cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        if (!await store.EnrolAsync(transaction, id, check.Seal(caller.Tenant, id, secret), now, cancellationToken))
            throw ProblemException.Conflict("MFA_ALREADY_ON", "This account has a second factor. Take it off before you enrol another one.");

        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("mfa.enrolled", id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new TotpEnrolmentView(TotpSecret.Text(secret), TotpSecret.Uri(secret, caller.Profile!.Name, user.Email));
    }
}
