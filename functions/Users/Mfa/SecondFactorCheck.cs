using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Keys;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>A code of the authenticator app, or one of the recovery codes.</summary>
public sealed record SecondFactor(string? Code, string? RecoveryCode)
{
    /// <exception cref="ProblemException">400 unless it is one of the two.</exception>
    public void RequireOne()
    {
        if (Code is null == RecoveryCode is null)
            throw ProblemException.Invalid("SECOND_FACTOR_NEEDED", "Send either code, from the authenticator app, or recoveryCode.");
    }
}

/// <summary>
/// Looks at a code, once, behind a lockout of its own: a right password forgives wrong passwords, but no wrong codes. What the code was given
/// for commits together with its use.
/// </summary>
public sealed class SecondFactorCheck(
    Database database, MfaStore store, SignInLockout lockout, RedisAfterCommit redis, AuditLog audit, LastingKeys keys, TimeProvider time)
{
    private readonly IReadOnlyList<byte[]> totpKeys = keys.Of("totp");
    private readonly IReadOnlyList<byte[]> recoveryKeys = keys.Of("recovery-codes");

    /// <param name="confirmed">False for the first code of a device, which confirms it.</param>
    /// <param name="then">What the code was given for; it is rolled back together with the code's use when it throws.</param>
    /// <returns>False when the code is wrong, was used, or was not looked at because too many were wrong.</returns>
    public async Task<bool> RunAsync(
        Caller caller, Guid user, SecondFactor factor, bool confirmed, Func<TenantTransaction, DateTimeOffset, Task> then,
        CancellationToken cancellationToken)
    {
        await using var place = await lockout.EnterAsync(caller.Tenant, $"{user:N}-codes", cancellationToken);
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!place.IsLocked && await UseAsync(transaction, user, factor, confirmed, now, cancellationToken))
        {
            await then(transaction, now);
            await transaction.CommitAsync(cancellationToken);
            // The code is used up, and what it was given for may be shown this once: a place that is not left counts as left behind by itself.
            await redis.TellAsync(() => place.SettleAsync(isRight: true));
            return true;
        }

        // Counted before anything else can fail: a guess is never free.
        if (!place.IsLocked)
            await place.SettleAsync(isRight: false);
        var entry = new AuditEntry("mfa.failed", user, new { reason = place.IsLocked ? "locked" : "wrong_code" });
        await audit.WriteAsync(transaction, AuditActor.Of(caller), entry, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return false;
    }

    public byte[] Seal(TenantId tenant, Guid user, byte[] secret) => SecretBox.Seal(totpKeys[0], secret, TotpSecret.SealName(tenant, user));

    /// <summary>New recovery codes in the place of the old ones; this is the only time that they are seen.</summary>
    public async Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(
        TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        var codes = RecoveryCode.CreateSet();
        byte[][] hashes = [.. codes.Select(code => RecoveryCode.Hash(recoveryKeys[0], transaction.Tenant, user, code))];
        await store.ReplaceRecoveryCodesAsync(transaction, user, hashes, cancellationToken);
        return codes;
    }

    private async Task<bool> UseAsync(
        TenantTransaction transaction, Guid user, SecondFactor factor, bool confirmed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await store.FindForUpdateAsync(transaction, user, cancellationToken) is not { } device || device.Confirmed != confirmed)
            return false;

        if (factor.RecoveryCode is { } recoveryCode)
        {
            byte[][] hashes = [.. recoveryKeys.Select(key => RecoveryCode.Hash(key, transaction.Tenant, user, recoveryCode))];
            return confirmed && await store.UseRecoveryCodeAsync(transaction, user, hashes, now, cancellationToken);
        }

        var secret = SecretBox.TryOpen(totpKeys, device.SealedSecret, TotpSecret.SealName(transaction.Tenant, user))
            ?? throw ProblemException.Unavailable(
                "SECOND_FACTOR_UNREADABLE", "This second factor is from the time of a secret that the service has lost. Its operator must set JWT_OLD_SECRETS.",
                TimeSpan.FromMinutes(10));
        return TotpSecret.StepOf(secret, factor.Code!, now) is { } step && await store.UseStepAsync(transaction, user, step, cancellationToken);
    }
}
