using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Alerts;

/// <summary>SQL of <c>symbol_subscriptions</c>.</summary>
public sealed class SymbolStore(Database database)
{
    public async Task<IReadOnlyList<string>> ListOfUserAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<string>(
            "select symbol from symbol_subscriptions where tenant_id = @tenant and user_id = @user order by symbol", new { tenant, user }, cancellationToken);
    }

    public async Task AddAsync(TenantId tenant, Guid user, string symbol, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into symbol_subscriptions (tenant_id, symbol, user_id, created_at)
            values (@tenant, @symbol, @user, @now)
            on conflict do nothing
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, symbol, user, now }, cancellationToken);
    }

    public async Task RemoveAsync(TenantId tenant, Guid user, string symbol, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            "delete from symbol_subscriptions where tenant_id = @tenant and symbol = @symbol and user_id = @user", new { tenant, symbol, user },
            cancellationToken);
    }

    /// <summary>The subscribers of a symbol in the order of their ids, those after one.</summary>
    public Task<IReadOnlyList<Guid>> ListSubscribersAsync(
        TenantTransaction transaction, string symbol, Guid after, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select user_id from symbol_subscriptions
            where tenant_id = @tenant and symbol = @symbol and user_id > @after
            order by user_id
            limit @limit
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, symbol, after, limit }, cancellationToken);
    }
}
