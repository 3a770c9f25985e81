using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Plans;

/// <summary>SQL of <c>subscription_tiers</c> and <c>tier_prices</c>. A tenant sees the platform's tiers (tenant '*') and its own.</summary>
public sealed class TierStore(Database database)
{
    private const string Columns = """
        t.id, t.tenant_id <> '*' as is_own, t.code, t.name, t.description, t.product, t.billing_cycle, t.billing_mode, t.trial_days, t.version,
        t.effective_from, t.features::text, t.limits::text, t.price as price_usd, p.currency, p.amount
        """;

    private const string JoinPrices = "join tier_prices p on p.tenant_id = t.tenant_id and p.tier_id = t.id";

    public async Task<IReadOnlyList<Tier>> ListOnSaleAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of each tier the version in force; a tenant's own one comes before the platform's.
        const string sql = $"""
            with t as (
                select distinct on (code, billing_cycle) * from subscription_tiers
                where tenant_id in ('*', @tenant) and effective_from <= @now
                order by code, billing_cycle, tenant_id = '*', effective_from desc, version desc
            )
            select {Columns} from t {JoinPrices} where t.active order by p.currency, t.billing_cycle, p.amount
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Tier>(sql, new { tenant, now }, cancellationToken);
    }

    /// <summary>The tier on sale under that code; a tenant's own one comes before the platform's.</summary>
    /// <exception cref="ProblemException">422 when none is.</exception>
    public async Task<Tier> RequireOnSaleAsync(
        TenantConnection connection, string code, BillingCycle cycle, Currency currency, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with t as (
                select * from subscription_tiers
                where tenant_id in ('*', @tenant) and code = @code and billing_cycle = @cycle and effective_from <= @now
                order by tenant_id = '*', effective_from desc, version desc
                limit 1
            )
            select {Columns} from t {JoinPrices} where t.active and p.currency = @currency
            """;
        return await connection.FindAsync<Tier>(sql, new { tenant = connection.Tenant, code, cycle = Text(cycle), currency, now }, cancellationToken)
            ?? throw ProblemException.Unprocessable("TIER_NOT_FOUND", "No tier of that code is sold with this cycle and currency. GET /v1/tiers lists them.");
    }

    /// <summary>The version of a subscribed tier for a period that begins then, on sale or not: a running subscription goes on.</summary>
    public async Task<Tier> FindForPeriodAsync(
        TenantConnection connection, Guid id, string currency, DateTimeOffset start, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns}
            from subscription_tiers mine
            join subscription_tiers t on t.tenant_id = mine.tenant_id and t.code = mine.code and t.billing_cycle = mine.billing_cycle
                and (t.effective_from <= @start or t.id = mine.id)
            {JoinPrices}
            where mine.tenant_id in ('*', @tenant) and mine.id = @id and p.currency = @currency
            order by t.effective_from desc, t.version desc
            limit 1
            """;
        return await connection.FindAsync<Tier>(sql, new { tenant = connection.Tenant, id, currency, start }, cancellationToken)
            ?? throw new InvalidOperationException($"Tier {id} has no price in {currency}.");
    }

    /// <summary>Adds a version of a tier of the tenant with its prices; the first one or the next, which is on sale if the tier is.</summary>
    public async Task<int> InsertVersionAsync(TenantTransaction transaction, TierDraft draft, CancellationToken cancellationToken)
    {
        const string sql = """
            with tier as (
                insert into subscription_tiers (tenant_id, id, code, name, description, product, price, billing_cycle, billing_mode, trial_days,
                                                version, effective_from, features, limits, active, created_at)
                select @tenant, @Id, @Code, @Name, @Description, @Product, @PriceUsd, @cycle, @mode, @TrialDays,
                    coalesce(max(version), 0) + 1, @EffectiveFrom, @Features::jsonb, @Limits::jsonb, coalesce(bool_or(active), true), @Now
                from subscription_tiers where tenant_id = @tenant and code = @Code and billing_cycle = @cycle
                returning tenant_id, id, version
            ), priced as (
                insert into tier_prices (tenant_id, tier_id, currency, amount)
                select tenant_id, id, currency, amount from tier, unnest(@currencies, @amounts) as price(currency, amount)
            )
            select version from tier
            """;
        try
        {
            return await transaction.FindAsync<int>(
                sql,
                new
                {
                    tenant = transaction.Tenant,
                    draft.Id,
                    draft.Code,
                    draft.Name,
                    draft.Description,
                    draft.Product,
                    draft.PriceUsd,
                    cycle = Text(draft.Cycle),
                    mode = draft.Mode.ToString().ToLowerInvariant(),
                    draft.TrialDays,
                    draft.EffectiveFrom,
                    draft.Features,
                    draft.Limits,
                    draft.Now,
                    currencies = draft.Prices.Select(price => price.Currency.Code).ToArray(),
                    amounts = draft.Prices.Select(price => price.Amount).ToArray(),
                },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("subscription_tiers_one_per_version"))
        {
            throw ProblemException.Conflict("TIER_CHANGED", "Somebody changed this tier at the same moment. Look at it and try again.");
        }
    }

    /// <summary>The product that the tenant's own tier belongs to; null when it has no such tier.</summary>
    public Task<string?> FindProductAsync(TenantTransaction transaction, string code, BillingCycle cycle, CancellationToken cancellationToken)
    {
        const string sql = """
            select product from subscription_tiers where tenant_id = @tenant and code = @code and billing_cycle = @cycle
            order by version desc
            limit 1
            """;
        return transaction.FindAsync<string>(sql, new { tenant = transaction.Tenant, code, cycle = Text(cycle) }, cancellationToken);
    }

    /// <summary>Takes the tenant's own tier off sale or offers it again; false when there is none.</summary>
    public async Task<bool> SetActiveAsync(TenantId tenant, string code, BillingCycle cycle, bool active, CancellationToken cancellationToken)
    {
        const string sql = "update subscription_tiers set active = @active where tenant_id = @tenant and code = @code and billing_cycle = @cycle";
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(sql, new { tenant, code, cycle = Text(cycle), active }, cancellationToken) > 0;
    }

    private static string Text(BillingCycle cycle) => cycle.ToString().ToLowerInvariant();
}
