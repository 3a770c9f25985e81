using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>SQL of <c>one_time_tokens</c>.</summary>
public sealed class OneTimeTokenStore(Database database)
{
    /// <summary>Makes a token for the user. Earlier ones stay good: else whoever asks for mails again and again would keep the owner out.</summary>
    public async Task<string> CreateAsync(
        TenantTransaction transaction, TokenPurpose purpose, Guid user, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into one_time_tokens (tenant_id, hash, purpose, user_id, created_at, expires_at)
            values (@tenant, @hash, @purpose, @user, @now, @expiresAt);
            """;
        var token = OneTimeToken.Create();
        var hash = OneTimeToken.Hash(transaction.Tenant, purpose, token);
        await transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, hash, purpose = purpose.Name(), user, now, expiresAt = now + life },
            cancellationToken);
        return token;
    }

    /// <summary>Whether the user was sent a token of this purpose since then.</summary>
    public async Task<bool> WasSentSinceAsync(
        TenantTransaction transaction, TokenPurpose purpose, Guid user, DateTimeOffset since, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from one_time_tokens
                           where tenant_id = @tenant and user_id = @user and purpose = @purpose and created_at > @since)
            """;
        return await transaction.FindAsync<bool>(
            sql, new { tenant = transaction.Tenant, user, purpose = purpose.Name(), since }, cancellationToken);
    }

    /// <summary>Whose token it is, or null when it is used, too old or none; nothing changes.</summary>
    public async Task<Guid?> FindOwnerAsync(TenantId tenant, TokenPurpose purpose, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select user_id from one_time_tokens
            where tenant_id = @tenant and hash = @hash and purpose = @purpose and used_at is null and expires_at > @now
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Guid?>(
            sql, new { tenant, hash = OneTimeToken.Hash(tenant, purpose, token), purpose = purpose.Name(), now }, cancellationToken);
    }

    /// <summary>Uses the token up: its owner, or null when it is used, too old or none.</summary>
    public Task<Guid?> ConsumeAsync(
        TenantTransaction transaction, TokenPurpose purpose, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update one_time_tokens set used_at = @now
            where tenant_id = @tenant and hash = @hash and purpose = @purpose and used_at is null and expires_at > @now
            returning user_id
            """;
        return transaction.FindAsync<Guid?>(
            sql,
            new { tenant = transaction.Tenant, hash = OneTimeToken.Hash(transaction.Tenant, purpose, token), purpose = purpose.Name(), now },
            cancellationToken);
    }

    /// <summary>Voids whatever was sent to the user and not used yet.</summary>
    public Task VoidAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update one_time_tokens set used_at = @now where tenant_id = @tenant and user_id = @user and used_at is null",
            new { tenant = transaction.Tenant, user, now },
            cancellationToken);
}
