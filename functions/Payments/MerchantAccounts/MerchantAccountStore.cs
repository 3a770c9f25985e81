using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.MerchantAccounts;

/// <summary>SQL of <c>merchant_accounts</c>.</summary>
public sealed class MerchantAccountStore(Database database)
{
    /// <summary>The one that is charged through first, then those that hold earlier payments.</summary>
    public async Task<IReadOnlyList<MerchantAccountRow>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, merchant_id, server_key, client_key, active, created_at, updated_at
            from merchant_accounts
            where tenant_id = @tenant
            order by active desc, updated_at desc
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<MerchantAccountRow>(sql, new { tenant }, cancellationToken);
    }

    /// <summary>Whoever changes a tenant's accounts waits for the one who is doing so, also when there is none yet to be locked.</summary>
    public Task TakeTurnAsync(TenantTransaction transaction, CancellationToken cancellationToken) => transaction.QueryAsync<string>(
        "select pg_advisory_xact_lock(hashtextextended('merchant_accounts ' || @tenant, 0))::text", new { tenant = transaction.Tenant }, cancellationToken);

    public Task<Guid?> FindIdAsync(TenantTransaction transaction, string merchantId, CancellationToken cancellationToken)
    {
        const string sql = "select id from merchant_accounts where tenant_id = @tenant and merchant_id = @merchantId";
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, merchantId }, cancellationToken);
    }

    public Task DeactivateAsync(TenantTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "update merchant_accounts set active = false, updated_at = @now where tenant_id = @tenant and active";
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, now }, cancellationToken);
    }

    public Task PutAsync(TenantTransaction transaction, MerchantAccountRow row, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into merchant_accounts (tenant_id, id, merchant_id, server_key, client_key, active, created_at, updated_at)
            values (@tenant, @Id, @MerchantId, @ServerKey, @ClientKey, true, @UpdatedAt, @UpdatedAt)
            on conflict (tenant_id, id) do update
            set server_key = @ServerKey, client_key = @ClientKey, active = true, updated_at = @UpdatedAt
            """;
        return transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, row.Id, row.MerchantId, row.ServerKey, row.ClientKey, row.UpdatedAt },
            cancellationToken);
    }
}
