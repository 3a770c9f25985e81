using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>SQL of <c>user_payment_methods</c>. A deleted one stays as a row without its token.</summary>
public sealed class SavedMethodStore(Database database)
{
    private const string Columns = """
        id, user_id, type, provider, encrypted_data, display, token_fingerprint, state, merchant_account_id, is_default, created_at, expires_at
        """;

    /// <summary>The user's first method becomes his default. False when he keeps the same one already.</summary>
    public async Task<bool> InsertAsync(TenantTransaction transaction, SavedMethod method, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_payment_methods (
                tenant_id, id, user_id, type, provider, encrypted_data, display, token_fingerprint, state, merchant_account_id, is_default,
                created_at, updated_at, expires_at)
            select @tenant, @Id, @UserId, @Type, @Provider, @EncryptedData, @Display, @TokenFingerprint, @State, @MerchantAccountId,
                @State = 'enabled' and not exists (
                    select from user_payment_methods where tenant_id = @tenant and user_id = @UserId and is_default and active),
                @CreatedAt, @CreatedAt, @ExpiresAt
            on conflict do nothing
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                method.Id,
                method.UserId,
                method.Type,
                method.Provider,
                method.EncryptedData,
                method.Display,
                method.TokenFingerprint,
                method.State,
                method.MerchantAccountId,
                method.CreatedAt,
                method.ExpiresAt,
            },
            cancellationToken) == 1;
    }

    public async Task<SavedMethod?> FindAsync(TenantId tenant, Guid user, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from user_payment_methods where tenant_id = @tenant and user_id = @user and id = @id and active";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<SavedMethod>(sql, new { tenant, user, id }, cancellationToken);
    }

    public async Task<IReadOnlyList<SavedMethod>> ListAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from user_payment_methods where tenant_id = @tenant and user_id = @user and active order by is_default desc, id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<SavedMethod>(sql, new { tenant, user }, cancellationToken);
    }

    public async Task SetStateAsync(TenantId tenant, Guid id, string state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods as mine
            set state = @state, updated_at = @now,
                is_default = case when @state <> 'enabled' then false else is_default or not exists (
                    select from user_payment_methods as other
                    where other.tenant_id = @tenant and other.user_id = mine.user_id and other.is_default and other.active) end
            where tenant_id = @tenant and id = @id and active and state <> @state
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, id, state, now }, cancellationToken);
    }

    /// <summary>Takes the default from every other method of the user, and gives it to this one; false when it is not his or not usable.</summary>
    public async Task<bool> MakeDefaultAsync(TenantTransaction transaction, Guid user, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string clear = """
            update user_payment_methods set is_default = false, updated_at = @now
            where tenant_id = @tenant and user_id = @user and is_default and id <> @id
            """;
        const string set = """
            update user_payment_methods set is_default = true, updated_at = @now
            where tenant_id = @tenant and user_id = @user and id = @id and active and state = 'enabled'
            """;
        var values = new { tenant = transaction.Tenant, user, id, now };
        await transaction.ExecuteAsync(clear, values, cancellationToken);
        return await transaction.ExecuteAsync(set, values, cancellationToken) == 1;
    }

    /// <summary>Forgets all of a user's methods.</summary>
    public Task DeleteOfUserAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods
            set active = false, is_default = false, encrypted_data = '', token_fingerprint = null, display = '', updated_at = @now
            where tenant_id = @tenant and user_id = @user and active
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    /// <summary>Forgets the token and what it was known by; false when that is done already.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid user, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods
            set active = false, is_default = false, encrypted_data = '', token_fingerprint = null, display = '', updated_at = @now
            where tenant_id = @tenant and user_id = @user and id = @id and active
            """;
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(sql, new { tenant, user, id, now }, cancellationToken) == 1;
    }
}
