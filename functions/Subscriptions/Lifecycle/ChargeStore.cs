using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>SQL of <c>subscription_charges</c>. Whoever changes one holds the lock on its subscription.</summary>
public sealed class ChargeStore(Database database)
{
    private const string Columns = """
        id, subscription_id, tier_id, reason, period_start, period_end, currency, charged, credited, credit, status, usd_rate,
        coalesce(credit_usd_rate, usd_rate) as credit_usd_rate, credited_charge_id, reopenings, discount
        """;

    public Task InsertAsync(TenantTransaction transaction, Charge charge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into subscription_charges (tenant_id, id, subscription_id, tier_id, reason, period_start, period_end, currency, charged, credit,
                                              status, usd_rate, credit_usd_rate, credited_charge_id, reopenings, created_at, updated_at)
            values (@tenant, @Id, @SubscriptionId, @TierId, @Reason, @PeriodStart, @PeriodEnd, @Currency, @Charged, @Credit, @status, @UsdRate,
                    @CreditUsdRate, @CreditedChargeId, @Reopenings, @now, @now)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                charge.Id,
                charge.SubscriptionId,
                charge.TierId,
                charge.Reason,
                charge.PeriodStart,
                charge.PeriodEnd,
                charge.Currency,
                charge.Charged,
                charge.Credit,
                status = charge.Status.ToString().ToLowerInvariant(),
                charge.UsdRate,
                charge.CreditUsdRate,
                charge.CreditedChargeId,
                charge.Reopenings,
                now,
            },
            cancellationToken);
    }

    /// <summary>Takes back a part of what was paid or is owed again, and says what its currency is worth there in USD, less for what coupons took off;
    /// null when so much is not left.</summary>
    public Task<decimal?> CreditAsync(TenantTransaction transaction, Guid id, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update subscription_charges set credited = credited + @amount, updated_at = @now
            where tenant_id = @tenant and id = @id and status <> 'withdrawn' and credited + @amount <= charged
            returning round(usd_rate * (charged - discount) / charged, 12)
            """;
        return transaction.FindAsync<decimal?>(sql, new { tenant = transaction.Tenant, id, amount, now }, cancellationToken);
    }

    /// <summary>What was taken back of a charge is left of it again: the charge that had taken it was withdrawn.</summary>
    public Task GiveBackAsync(TenantTransaction transaction, Guid id, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update subscription_charges set credited = credited - @amount, updated_at = @now
            where tenant_id = @tenant and id = @id and credited >= @amount
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, amount, now }, cancellationToken);
    }

    /// <summary>Moves it on if it stands where it may; null when it does not.</summary>
    public Task<Charge?> MoveAsync(
        TenantTransaction transaction, Guid id, ChargeStatus[] from, ChargeStatus to, Guid? invoice, DateTimeOffset now,
        CancellationToken cancellationToken, decimal? discount = null)
    {
        const string sql = $"""
            update subscription_charges
            set status = @to, invoice_id = coalesce(@invoice, invoice_id), discount = least(coalesce(@discount, discount), charged), updated_at = @now
            where tenant_id = @tenant and id = @id and status = any(@from)
            returning {Columns}
            """;
        return transaction.FindAsync<Charge>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id,
                from = Array.ConvertAll(from, status => status.ToString().ToLowerInvariant()),
                to = to.ToString().ToLowerInvariant(),
                invoice,
                discount,
                now,
            },
            cancellationToken);
    }

    /// <summary>Its invoice is to be paid (again), if it was paid at all.</summary>
    public Task ReopenAsync(TenantTransaction transaction, Guid id, int reopenings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update subscription_charges
            set status = case when status = 'paid' then 'open' else status end, reopenings = @reopenings, updated_at = @now
            where tenant_id = @tenant and id = @id and reopenings < @reopenings
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, reopenings, now }, cancellationToken);
    }

    /// <summary>Remembers that so many openings of its invoice were heard of; false when more were already, and this news is outdated.</summary>
    public async Task<bool> HearAsync(TenantTransaction transaction, Guid id, int reopenings, CancellationToken cancellationToken)
    {
        const string sql = """
            with heard as (
                update subscription_charges set reopenings = @reopenings where tenant_id = @tenant and id = @id and reopenings < @reopenings
            )
            select not exists (select from subscription_charges where tenant_id = @tenant and id = @id and reopenings > @reopenings)
            """;
        return await transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, id, reopenings }, cancellationToken);
    }

    public Task<Charge?> FindAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from subscription_charges where tenant_id = @tenant and id = @id";
        return transaction.FindAsync<Charge>(sql, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    public async Task<Charge?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from subscription_charges where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Charge>(sql, new { tenant, id }, cancellationToken);
    }

    public Task<bool> HasOverdueAsync(TenantTransaction transaction, Guid subscription, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from subscription_charges where tenant_id = @tenant and subscription_id = @subscription and status = 'overdue')
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, subscription }, cancellationToken);
    }
}
