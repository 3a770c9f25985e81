using Dapper;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>SQL of <c>billing_agreements</c>.</summary>
public sealed class AgreementStore(Database database)
{
    private const string Columns = """
        a.subscription_id, a.user_id, a.tier_code, a.tier_name, a.billing_cycle, a.anchor_day, a.currency, a.price, a.next_billing_at,
        a.next_bill::text
        """;

    private const string Due = $"""
        select {Columns}, case when a.run_id = @run then a.run_periods else 0 end as run_periods,
            @looks and exists (
                select from invoices i
                where i.tenant_id = a.tenant_id and i.subscription_id = a.subscription_id and i.period_start = a.next_billing_at
                    and i.is_renewal and i.superseded_at is null) as is_billed
        from billing_agreements a
        where a.tenant_id = @tenant and a.next_billing_at <= @asOf and a.parked_reason is null
            and (a.next_billing_at, a.subscription_id) > (@afterAt, @after)
        order by a.next_billing_at, a.subscription_id
        limit @limit
        """;

    /// <summary>Keeps terms unless newer ones are there already; whether it did. The row is locked either way, and no run holds it meanwhile.</summary>
    public async Task<bool> KeepAsync(
        TenantTransaction transaction, SubscriptionTermsChanged terms, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into billing_agreements as a (tenant_id, subscription_id, user_id, version, tier_code, tier_name, billing_cycle, anchor_day, currency,
                                                 price, next_billing_at, next_bill, updated_at)
            values (@tenant, @SubscriptionId, @UserId, @Version, @Tier, @TierName, @Cycle, @AnchorDay, @currency, @price, @NextBillingAt,
                    @bill::jsonb, @now)
            on conflict (tenant_id, subscription_id) do update
            set version = excluded.version, tier_code = excluded.tier_code, tier_name = excluded.tier_name, billing_cycle = excluded.billing_cycle,
                anchor_day = excluded.anchor_day, currency = excluded.currency, price = excluded.price,
                next_billing_at = excluded.next_billing_at, next_bill = excluded.next_bill, parked_reason = null, parked_at = null, updated_at = @now
            where a.version < excluded.version
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                terms.SubscriptionId,
                terms.UserId,
                terms.Version,
                terms.Tier,
                terms.TierName,
                terms.Cycle,
                terms.AnchorDay,
                currency = terms.Price.Currency,
                price = terms.Price.Amount,
                terms.NextBillingAt,
                bill = terms.Next is { } next ? Agreement.Write(next) : null,
                now,
            },
            cancellationToken) == 1;
    }

    /// <summary>Leaves a subscription out of runs from a bill on until somebody releases it; that bill is kept exactly.</summary>
    public Task ParkAsync(
        TenantTransaction transaction, Guid subscription, RenewalBill bill, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update billing_agreements
            set next_billing_at = @PeriodStart, next_bill = @exact::jsonb, parked_reason = @reason, parked_at = @now, updated_at = @now
            where tenant_id = @tenant and subscription_id = @subscription
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, subscription, bill.PeriodStart, exact = Agreement.Write(bill), reason, now }, cancellationToken);
    }

    /// <summary>Lets runs bill a parked subscription again; whose it is, or null when it is not parked.</summary>
    public Task<Guid?> ReleaseAsync(TenantTransaction transaction, Guid subscription, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update billing_agreements set parked_reason = null, parked_at = null, run_periods = 0, updated_at = @now
            where tenant_id = @tenant and subscription_id = @subscription and parked_reason is not null
            returning user_id
            """;
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, subscription, now }, cancellationToken);
    }

    public async Task<IReadOnlyList<ParkedAgreement>> ListParkedAsync(
        TenantId tenant, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select subscription_id, user_id, tier_code, next_billing_at, parked_reason as reason, parked_at from billing_agreements
            where tenant_id = @tenant and parked_reason is not null and (@before::uuid is null or subscription_id < @before)
            order by subscription_id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<ParkedAgreement>(sql, new { tenant, before, limit }, cancellationToken);
    }

    /// <summary>Waits for a run that is billing the subscription, and keeps others from it.</summary>
    public Task LockAsync(TenantTransaction transaction, Guid subscription, CancellationToken cancellationToken) => transaction.QueryAsync<int>(
        "select 1 from billing_agreements where tenant_id = @tenant and subscription_id = @subscription for update",
        new { tenant = transaction.Tenant, subscription }, cancellationToken);

    /// <summary>The oldest due bills behind <paramref name="last"/> that no other page holds, locked; a subscription stands there once, with its
    /// oldest.</summary>
    /// <param name="looks">Whether to look which of them are billed. Before the table of invoices is analysed PostgreSQL reads all of the tenant's for
    /// it, for each page.</param>
    public Task<IReadOnlyList<DueAgreement>> TakeDueAsync(
        TenantTransaction transaction, DateTimeOffset asOf, Guid run, DueAgreement? last, bool looks, int limit,
        CancellationToken cancellationToken) => transaction.QueryAsync<DueAgreement>(
        $"{Due} for no key update of a skip locked", DueParameters(transaction, asOf, run, last, looks, limit), cancellationToken);

    /// <summary>The oldest due bill of each subscription, as a run that begins now would find them.</summary>
    public Task<IReadOnlyList<DueAgreement>> ListDueAsync(
        TenantTransaction transaction, DateTimeOffset asOf, int limit, CancellationToken cancellationToken) =>
        transaction.QueryAsync<DueAgreement>(
            Due, DueParameters(transaction, asOf, run: Guid.Empty, last: null, looks: true, limit), cancellationToken);

    public Task<bool> HasMoreDueThanAsync(TenantTransaction transaction, DateTimeOffset asOf, int count, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (
                select from billing_agreements
                where tenant_id = @tenant and next_billing_at <= @asOf and parked_reason is null
                order by next_billing_at, subscription_id
                offset @count)
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, asOf, count }, cancellationToken);
    }

    /// <summary>Moves each on to the period after the one that is billed now, or parks it where it stands; how many were not parked yet.</summary>
    public Task<int> AdvanceAsync(
        TenantTransaction transaction, Guid run, IReadOnlyList<Advance> advances, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update billing_agreements a
            set next_billing_at = coalesce(step.next, a.next_billing_at), next_bill = case when step.next is null then a.next_bill end,
                parked_reason = step.reason, parked_at = case when step.reason is not null then @now end,
                run_periods = case when a.run_id = @run then a.run_periods else 0 end + 1, run_id = @run, updated_at = @now
            from unnest(@subscriptions, @nexts, @reasons) as step(subscription_id, next, reason)
            where a.tenant_id = @tenant and a.subscription_id = step.subscription_id and a.parked_reason is null
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                run,
                subscriptions = advances.Select(one => one.SubscriptionId).ToArray(),
                nexts = advances.Select(one => one.Next?.ToUniversalTime()).ToArray(),
                reasons = advances.Select(one => one.ParkedReason).ToArray(),
                now,
            },
            cancellationToken);
    }

    /// <summary>Which tenants have anything due.</summary>
    public async Task<IReadOnlyList<TenantId>> ListTenantsWithDueAcrossTenantsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One look into the index per tenant, however many are due in each.
        const string sql = """
            with recursive tenant as (
                (select tenant_id from billing_agreements where next_billing_at is not null and parked_reason is null order by tenant_id limit 1)
                union all
                select (
                    select a.tenant_id from billing_agreements a
                    where a.next_billing_at is not null and a.parked_reason is null and a.tenant_id > tenant.tenant_id
                    order by a.tenant_id limit 1)
                from tenant where tenant.tenant_id is not null
            )
            select tenant_id from tenant
            where tenant_id is not null and exists (
                select from billing_agreements a
                where a.tenant_id = tenant.tenant_id and a.next_billing_at <= @now and a.parked_reason is null)
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<TenantId>(new CommandDefinition(sql, new { now }, cancellationToken: cancellationToken))).AsList();
    }

    private static object DueParameters(
        TenantTransaction transaction, DateTimeOffset asOf, Guid run, DueAgreement? last, bool looks, int limit) => new
    {
        tenant = transaction.Tenant,
        asOf,
        run,
        looks,
        afterAt = last?.NextBillingAt ?? DateTimeOffset.MinValue,
        after = last?.SubscriptionId ?? Guid.Empty,
        limit,
    };
}
