using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A payment and whose it is.</summary>
public sealed record PaymentReference(TenantId Tenant, Guid Id);

/// <summary>Which payments of all tenants wait for the timer.</summary>
public sealed class DuePaymentStore(Database database)
{
    /// <summary>
    /// Takes pending payments whose lookup is due and sets their next one: 1, 2, 4 … at most 60 minutes later, and in any case
    /// 15 minutes after the payer's time has passed.
    /// </summary>
    public async Task<IReadOnlyList<PaymentReference>> TakeAcrossTenantsAsync(
        DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions
            set lookups = lookups + 1,
                next_lookup_at = least(
                    @now + least(power(2, least(lookups, 6)), 60) * interval '1 minute',
                    case when expires_at + interval '15 minutes' > @now then expires_at + interval '15 minutes' end)
            where (tenant_id, id) in (
                select tenant_id, id from payment_transactions
                where status = 'pending' and next_lookup_at <= @now
                order by next_lookup_at
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, id
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { now, limit }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<PaymentReference>(command)).AsList();
    }
}
