using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>SQL of <c>passkeys</c>.</summary>
public sealed class PasskeyStore(Database database)
{
    private const string Columns = "id, user_id, name, credential_id, public_key, transports, synced, created_at, last_used_at";

    public async Task<IReadOnlyList<Passkey>> ListAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from passkeys where tenant_id = @tenant and user_id = @user order by created_at, id";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Passkey>(sql, new { tenant, user }, cancellationToken);
    }

    public async Task<IReadOnlyList<Passkey>> ListAsync(TenantId tenant, Guid user, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from passkeys
            where tenant_id = @tenant and user_id = @user and (@Before::uuid is null or id < @Before)
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Passkey>(sql, new { tenant, user, page.Before, page.Fetch }, cancellationToken);
    }

    public async Task<Passkey?> FindByCredentialAsync(TenantId tenant, byte[] credentialId, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from passkeys where tenant_id = @tenant and credential_id = @credentialId";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Passkey>(sql, new { tenant, credentialId }, cancellationToken);
    }

    /// <summary>Locks the user, so that his passkeys are added one after the other, and counts them.</summary>
    public async Task<long> CountForUpdateAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string takeUser = "select id from users where tenant_id = @tenant and id = @user for update";
        const string count = "select count(*) from passkeys where tenant_id = @tenant and user_id = @user";
        // Two statements: the count must see what was committed while the first one waited.
        await transaction.FindAsync<Guid>(takeUser, new { tenant = transaction.Tenant, user }, cancellationToken);
        return await transaction.FindAsync<long>(count, new { tenant = transaction.Tenant, user }, cancellationToken);
    }

    /// <summary>False when somebody of the tenant has added this credential before.</summary>
    public async Task<bool> TryInsertAsync(TenantTransaction transaction, Passkey passkey, long signCount, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into passkeys (tenant_id, id, user_id, name, credential_id, public_key, sign_count, transports, synced, created_at)
            values (@tenant, @Id, @UserId, @Name, @CredentialId, @PublicKey, @signCount, @Transports, @Synced, @CreatedAt)
            on conflict (tenant_id, credential_id) do nothing
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                passkey.Id,
                passkey.UserId,
                passkey.Name,
                passkey.CredentialId,
                passkey.PublicKey,
                signCount,
                passkey.Transports,
                passkey.Synced,
                passkey.CreatedAt,
            },
            cancellationToken) == 1;
    }

    /// <summary>
    /// Notes a use. False when the counter has not risen, which only a copy of the authenticator does, or when the passkey is gone. Those
    /// that do not count say 0 every time.
    /// </summary>
    public async Task<bool> UseAsync(
        TenantConnection connection, Guid id, long signCount, bool synced, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update passkeys set sign_count = @signCount, synced = @synced, last_used_at = @now
            where tenant_id = @tenant and id = @id and (sign_count < @signCount or (sign_count = 0 and @signCount = 0))
            """;
        return await connection.ExecuteAsync(sql, new { tenant = connection.Tenant, id, signCount, synced, now }, cancellationToken) == 1;
    }

    public Task<Passkey?> RenameAsync(TenantTransaction transaction, Guid user, Guid id, string name, CancellationToken cancellationToken)
    {
        const string sql = $"update passkeys set name = @name where tenant_id = @tenant and user_id = @user and id = @id returning {Columns}";
        return transaction.FindAsync<Passkey>(sql, new { tenant = transaction.Tenant, user, id, name }, cancellationToken);
    }

    public async Task<bool> DeleteAsync(TenantTransaction transaction, Guid user, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "delete from passkeys where tenant_id = @tenant and user_id = @user and id = @id";
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, id }, cancellationToken) == 1;
    }
}
