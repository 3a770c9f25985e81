using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Vault;

/// <summary>A sealed text and the row it stands in.</summary>
/// <param name="Table">The name of its table.</param>
public sealed record SealedRow(TenantId Tenant, Guid Id, Guid? UserId, string Type, string Text, string Table)
{
    public SealedFor Place => new(Tenant, UserId, Id, Type);
}

/// <summary>Everything that is sealed, in all tenants.</summary>
public sealed class SealedStore(Database database)
{
    /// <summary>What is not sealed under the current key, at most so many, after the last one of before.</summary>
    public async Task<IReadOnlyList<SealedRow>> ListOutdatedAcrossTenantsAsync(
        string currentPrefix, Guid after, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id as tenant, id, user_id, type, encrypted_data as text, 'user_payment_methods' as table from user_payment_methods
            where active and not starts_with(encrypted_data, @currentPrefix) and id > @after
            union all
            select tenant_id, id, user_id, 'e_wallet', encrypted_data, 'wallet_unlinks' from wallet_unlinks
            where not starts_with(encrypted_data, @currentPrefix) and id > @after
            union all
            select tenant_id, id, null, 'server_key', server_key, 'merchant_accounts' from merchant_accounts
            where not starts_with(server_key, @currentPrefix) and id > @after
            order by id
            limit @limit
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { currentPrefix, after, limit }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<SealedRow>(command)).AsList();
    }

    /// <summary>Puts the new text in place of the old one, unless that has changed meanwhile.</summary>
    public async Task<bool> ReplaceAsync(TenantId tenant, SealedRow row, string text, CancellationToken cancellationToken)
    {
        var sql = row.Table switch
        {
            "merchant_accounts" => "update merchant_accounts set server_key = @text where tenant_id = @tenant and id = @Id and server_key = @old",
            "wallet_unlinks" => "update wallet_unlinks set encrypted_data = @text where tenant_id = @tenant and id = @Id and encrypted_data = @old",
            _ => "update user_payment_methods set encrypted_data = @text where tenant_id = @tenant and id = @Id and encrypted_data = @old",
        };
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(sql, new { tenant, row.Id, text, old = row.Text }, cancellationToken) == 1;
    }
}
