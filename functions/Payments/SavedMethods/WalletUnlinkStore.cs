using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>A wallet that nobody keeps here any more and that is still linked at the provider.</summary>
public sealed record WalletUnlink(Guid Id, Guid UserId, Guid? MerchantAccountId, string EncryptedData)
{
    public SealedFor Place(TenantId tenant) => new(tenant, UserId, Id, SavedMethod.Wallet);
}

/// <summary>SQL of <c>wallet_unlinks</c>.</summary>
public sealed class WalletUnlinkStore(Database database)
{
    private static readonly DueRows Tries = new(
        "wallet_unlinks", "id", "next_try_at",
        "attempts = attempts + 1, next_try_at = @now + least(power(2, least(attempts + 1, 10)), 720) * interval '1 minute'");

    /// <summary>Notes which wallets of a user are to be unlinked, in the transaction that forgets them; returns their ids.</summary>
    /// <param name="id">Only this one, or all of his.</param>
    public Task<IReadOnlyList<Guid>> NoteAsync(
        TenantTransaction transaction, Guid user, Guid? id, DateTimeOffset firstTry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sql = $"""
            insert into wallet_unlinks (tenant_id, id, user_id, merchant_account_id, encrypted_data, token_fingerprint, next_try_at, created_at)
            select tenant_id, id, user_id, merchant_account_id, encrypted_data, token_fingerprint, @firstTry, @now
            from user_payment_methods
            where tenant_id = @tenant and user_id = @user and active and type = '{SavedMethod.Wallet}'
            {(id is null ? "" : "and id = @id")}
            on conflict do nothing
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user, id, firstTry, now }, cancellationToken);
    }

    public async Task<WalletUnlink?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "select id, user_id, merchant_account_id, encrypted_data from wallet_unlinks where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<WalletUnlink>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>The user has linked the same wallet again: it stays linked.</summary>
    public Task KeepLinkedAsync(TenantTransaction transaction, Guid user, byte[] fingerprint, CancellationToken cancellationToken)
    {
        const string sql = "delete from wallet_unlinks where tenant_id = @tenant and user_id = @user and token_fingerprint = @fingerprint";
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, fingerprint }, cancellationToken);
    }

    public async Task DeleteAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync("delete from wallet_unlinks where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>Takes wallets whose try is due and sets their next one: 2, 4, 8 … at most 720 minutes later.</summary>
    public Task<IReadOnlyList<PaymentReference>> TakeDueAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Tries.TakeAcrossTenantsAsync<PaymentReference>(database, now, limit, cancellationToken);
}
