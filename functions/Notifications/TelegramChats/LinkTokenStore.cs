using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>SQL of <c>telegram_link_tokens</c>.</summary>
public sealed class LinkTokenStore(Database database)
{
    public async Task InsertAsync(
        TenantId tenant, byte[] hash, Guid user, string bot, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into telegram_link_tokens (tenant_id, token_hash, user_id, bot, created_at, expires_at)
            values (@tenant, @hash, @user, @bot, @now, @expiresAt)
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, hash, user, bot, now, expiresAt }, cancellationToken);
    }

    /// <summary>Whose token this is; Telegram tells no tenant. Null when nobody's.</summary>
    public async Task<TenantId?> FindTenantAcrossTenantsAsync(byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = "select tenant_id from telegram_link_tokens where token_hash = @hash";
        await using var connection = database.OpenAcrossTenants();
        var tenant = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(sql, new { hash }, cancellationToken: cancellationToken));
        return tenant is null ? null : TenantId.Parse(tenant);
    }

    /// <summary>Uses the token up and returns its user; null when it was used, has expired or is another bot's.</summary>
    public Task<Guid?> ConsumeAsync(TenantTransaction transaction, byte[] hash, string bot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update telegram_link_tokens
            set used_at = @now
            where tenant_id = @tenant and token_hash = @hash and bot = @bot and used_at is null and expires_at > @now
            returning user_id
            """;
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, hash, bot, now }, cancellationToken);
    }
}
