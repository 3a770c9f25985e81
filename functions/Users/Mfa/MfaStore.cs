using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Users.Mfa;

public sealed record TotpDevice(byte[] SealedSecret, bool Confirmed);

/// <summary>SQL of <c>totp_devices</c> and <c>recovery_codes</c>.</summary>
public sealed class MfaStore
{
    /// <summary>Puts a secret in place that is not good for anything before it is confirmed. False when a confirmed one is there.</summary>
    public async Task<bool> EnrolAsync(
        TenantTransaction transaction, Guid user, byte[] sealedSecret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into totp_devices as known (tenant_id, user_id, sealed_secret, created_at)
            values (@tenant, @user, @sealedSecret, @now)
            on conflict (tenant_id, user_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = 0
            where known.confirmed_at is null
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, sealedSecret, now }, cancellationToken) == 1;
    }

    /// <summary>The device, which nobody changes before the end of the transaction.</summary>
    public Task<TotpDevice?> FindForUpdateAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            select sealed_secret, confirmed_at is not null as confirmed from totp_devices where tenant_id = @tenant and user_id = @user for update
            """;
        return transaction.FindAsync<TotpDevice>(sql, new { tenant = transaction.Tenant, user }, cancellationToken);
    }

    /// <summary>From its first code on the device counts.</summary>
    public Task ConfirmAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update totp_devices set confirmed_at = @now where tenant_id = @tenant and user_id = @user",
            new { tenant = transaction.Tenant, user, now },
            cancellationToken);

    /// <summary>True for the one who uses a code up, once; those before it are worth nothing from then on either.</summary>
    public async Task<bool> UseStepAsync(TenantTransaction transaction, Guid user, long step, CancellationToken cancellationToken)
    {
        const string sql = "update totp_devices set last_step = @step where tenant_id = @tenant and user_id = @user and last_step < @step";
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, step }, cancellationToken) == 1;
    }

    /// <summary>True for the one who uses a recovery code up.</summary>
    /// <param name="hashes">Of the code, under each key that it may have been made with.</param>
    public async Task<bool> UseRecoveryCodeAsync(
        TenantTransaction transaction, Guid user, byte[][] hashes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update recovery_codes set used_at = @now where tenant_id = @tenant and user_id = @user and hash = any(@hashes) and used_at is null
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, hashes, now }, cancellationToken) == 1;
    }

    public Task ReplaceRecoveryCodesAsync(TenantTransaction transaction, Guid user, byte[][] hashes, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from recovery_codes where tenant_id = @tenant and user_id = @user;
            insert into recovery_codes (tenant_id, user_id, hash) select @tenant, @user, hash from unnest(@hashes) as hash;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, hashes }, cancellationToken);
    }

    public Task DeleteAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from recovery_codes where tenant_id = @tenant and user_id = @user;
            delete from totp_devices where tenant_id = @tenant and user_id = @user;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user }, cancellationToken);
    }
}
