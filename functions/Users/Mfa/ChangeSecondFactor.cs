using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>Takes the second factor off, or gives new recovery codes, to its owner who has just proven who he is.</summary>
public sealed class ChangeSecondFactor(Database database, MfaStore store, SecondFactorCheck check, AuditLog audit, TimeProvider time)
{
    public async Task DisableAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = caller.RequireRecentProof(now);
        await using var transaction = await BeginAsync(caller, user, cancellationToken);
        await store.DeleteAsync(transaction, user, cancellationToken);
        await transaction.PublishAsync(new SecondFactorChanged(user, Guid.CreateVersion7(now), now), now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("mfa.disabled", user), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<RecoveryCodesView> RenewRecoveryCodesAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = caller.RequireRecentProof(now);
        await using var transaction = await BeginAsync(caller, user, cancellationToken);
        var codes = await check.RenewRecoveryCodesAsync(transaction, user, cancellationToken);
        await transaction.PublishAsync(new SecondFactorChanged(user, Guid.CreateVersion7(now), now), now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("mfa.recovery_codes_renewed", user), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RecoveryCodesView(codes);
    }

    // Locks the device: two requests for new codes must not leave two sets.
    private async Task<TenantTransaction> BeginAsync(Caller caller, Guid user, CancellationToken cancellationToken)
    {
        var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        try
        {
            return await store.FindForUpdateAsync(transaction, user, cancellationToken) is { Confirmed: true }
                ? transaction
                : throw ProblemException.NotFound("MFA_NOT_ON", "This account has no second factor.");
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }
}
