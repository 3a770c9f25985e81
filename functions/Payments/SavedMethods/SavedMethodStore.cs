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
        await TakeTurnAsync(transaction, method.UserId, cancellationToken);
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

    /// <summary>The one that the user keeps with this token.</summary>
    public Task<SavedMethod?> FindSameAsync(TenantTransaction transaction, Guid user, byte[] fingerprint, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from user_payment_methods
            where tenant_id = @tenant and user_id = @user and token_fingerprint = @fingerprint and active
            """;
        return transaction.FindAsync<SavedMethod>(sql, new { tenant = transaction.Tenant, user, fingerprint }, cancellationToken);
    }

    public async Task<IReadOnlyList<SavedMethod>> ListAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from user_payment_methods where tenant_id = @tenant and user_id = @user and active order by is_default desc, id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<SavedMethod>(sql, new { tenant, user }, cancellationToken);
    }

    /// <summary>A wallet's state; one that can be charged from now on may become its user's default, and one that no longer can is no default.</summary>
    public async Task SetStateAsync(
        TenantTransaction transaction, Guid user, Guid id, string state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods
            set state = @state, is_default = is_default and @state = 'enabled', updated_at = @now
            where tenant_id = @tenant and user_id = @user and id = @id and active and state <> @state
            """;
        await TakeTurnAsync(transaction, user, cancellationToken);
        await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, id, state, now }, cancellationToken);
        await PromoteAsync(transaction, user, now, cancellationToken);
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
        await TakeTurnAsync(transaction, user, cancellationToken);
        await transaction.ExecuteAsync(clear, values, cancellationToken);
        return await transaction.ExecuteAsync(set, values, cancellationToken) == 1;
    }

    /// <summary>Forgets all of a user's methods.</summary>
    public async Task DeleteOfUserAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods
            set active = false, is_default = false, encrypted_data = '', token_fingerprint = null, display = '', updated_at = @now
            where tenant_id = @tenant and user_id = @user and active
            """;
        await TakeTurnAsync(transaction, user, cancellationToken);
        await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    /// <summary>Forgets the token and what it was known by, and makes the user's newest other one his default; false when that is done already.</summary>
    public async Task<bool> DeleteAsync(TenantTransaction transaction, Guid user, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods
            set active = false, is_default = false, encrypted_data = '', token_fingerprint = null, display = '', updated_at = @now
            where tenant_id = @tenant and user_id = @user and id = @id and active
            """;
        await TakeTurnAsync(transaction, user, cancellationToken);
        if (await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, id, now }, cancellationToken) == 0)
            return false;
        await PromoteAsync(transaction, user, now, cancellationToken);
        return true;
    }

    // The newest one that can be charged becomes the default of a user who has none.
    private static Task PromoteAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_payment_methods set is_default = true, updated_at = @now
            where tenant_id = @tenant and id = (
                select id from user_payment_methods
                where tenant_id = @tenant and user_id = @user and active and state = 'enabled' and (expires_at is null or expires_at > @now)
                order by id desc
                limit 1)
              and not exists (select from user_payment_methods where tenant_id = @tenant and user_id = @user and active and is_default)
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    // Whoever changes a user's methods waits for the one who is doing so: one of them is the default, also when there are none yet to be locked.
    private static Task TakeTurnAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken) => transaction.QueryAsync<string>(
        "select pg_advisory_xact_lock(hashtextextended('payment_methods ' || @tenant || ' ' || @user::text, 0))::text",
        new { tenant = transaction.Tenant, user }, cancellationToken);
}
