using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Which subscription of which tenant.</summary>
public sealed record SubscriptionReference(TenantId Tenant, Guid Id, DateTimeOffset DueAt);

/// <summary>SQL of <c>subscriptions</c>.</summary>
public sealed class SubscriptionStore(Database database)
{
    internal const string Columns = """
        s.id, s.user_id, s.product, s.tier_id, t.tenant_id <> '*' as tier_is_own, t.code as tier_code, t.name as tier_name, t.price as price_usd,
        t.billing_cycle, s.billing_mode, s.status, s.currency, s.price, s.started_at, s.period_start, s.expires_at, s.anchor_day, s.auto_renew,
        s.cancel_at_period_end, s.next_tier_id, s.charge_id, s.created_at
        """;

    // A tier belongs to the platform or to the tenant; ids are unique across both.
    internal const string JoinTier = "join subscription_tiers t on t.tenant_id in ('*', s.tenant_id) and t.id = s.tier_id";

    public async Task InsertAsync(TenantTransaction transaction, Subscription subscription, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into subscriptions (tenant_id, id, user_id, product, tier_id, billing_mode, status, currency, price, started_at, period_start,
                                       expires_at, anchor_day, auto_renew, charge_id, created_at, updated_at)
            values (@tenant, @Id, @UserId, @Product, @TierId, @mode, @status, @Currency, @Price, @StartedAt, @PeriodStart,
                    @ExpiresAt, @AnchorDay, @AutoRenew, @ChargeId, @CreatedAt, @CreatedAt)
            """;
        try
        {
            await transaction.ExecuteAsync(sql, Parameters(transaction, subscription, subscription.CreatedAt), cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("subscriptions_one_live_per_product"))
        {
            throw ProblemException.Conflict("SUBSCRIPTION_EXISTS", "You have a subscription already. Change or cancel that one.");
        }
    }

    /// <summary>Writes what may change of it, and says the version of its terms; the row was locked when it was read.</summary>
    public async Task<long> UpdateAsync(TenantTransaction transaction, Subscription subscription, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update subscriptions
            set tier_id = @TierId, billing_mode = @mode, status = @status, price = @Price, period_start = @PeriodStart, expires_at = @ExpiresAt,
                anchor_day = @AnchorDay, auto_renew = @AutoRenew, cancel_at_period_end = @CancelAtPeriodEnd, next_tier_id = @NextTierId,
                charge_id = @ChargeId, updated_at = @now, terms_version = terms_version + 1, terms_told = true
            where tenant_id = @tenant and id = @Id
            returning terms_version
            """;
        return await transaction.FindAsync<long?>(sql, Parameters(transaction, subscription, now), cancellationToken)
            ?? throw new InvalidOperationException($"Subscription {subscription.Id} is not there any more.");
    }

    /// <summary>The subscription, locked until the transaction ends so that what is decided still holds at the commit.</summary>
    public async Task<Subscription?> GetForUpdateAsync(TenantTransaction transaction, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string take = """
            select id from subscriptions
            where tenant_id = @tenant and id = @id and (@owner::uuid is null or user_id = @owner)
            for no key update
            """;
        const string read = $"select {Columns} from subscriptions s {JoinTier} where s.tenant_id = @tenant and s.id = @id";
        // Two statements: one that has waited for a change of tier would join the subscription after it to the tier before it, and find nothing.
        return await transaction.FindAsync<Guid?>(take, new { tenant = transaction.Tenant, id, owner }, cancellationToken) is null
            ? null
            : await transaction.FindAsync<Subscription>(read, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    public Task<bool> HadTrialAsync(TenantConnection connection, Guid user, string product, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (
                select from subscriptions s
                join subscription_events e on e.tenant_id = s.tenant_id and e.subscription_id = s.id and e.to_status = 'trialing'
                where s.tenant_id = @tenant and s.user_id = @user and s.product = @product)
            """;
        return connection.FindAsync<bool>(sql, new { tenant = connection.Tenant, user, product }, cancellationToken);
    }

    /// <summary>The subscription; with an owner given, only if it is his.</summary>
    public async Task<Subscription?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from subscriptions s {JoinTier}
            where s.tenant_id = @tenant and s.id = @id and (@owner::uuid is null or s.user_id = @owner)
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Subscription>(sql, new { tenant, id, owner }, cancellationToken);
    }

    public async Task<IReadOnlyList<Subscription>> ListAsync(
        TenantId tenant, Guid? owner, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from subscriptions s {JoinTier}
            where s.tenant_id = @tenant and (@owner::uuid is null or s.user_id = @owner) and (@before::uuid is null or s.id < @before)
            order by s.id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Subscription>(sql, new { tenant, owner, before, limit }, cancellationToken);
    }

    /// <summary>Live ones of a user who is gone.</summary>
    public Task<IReadOnlyList<Guid>> ListLiveAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            select id from subscriptions where tenant_id = @tenant and user_id = @user and status not in ('cancelled', 'expired') order by id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user }, cancellationToken);
    }

    /// <summary>What has come to the end of its period, or has waited for its first payment since before <paramref name="unpaidBefore"/>;
    /// by due time, after <paramref name="last"/>.</summary>
    public async Task<IReadOnlyList<SubscriptionReference>> ListDueAcrossTenantsAsync(
        DateTimeOffset now, DateTimeOffset unpaidBefore, SubscriptionReference? last, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id as tenant, id, due_at
            from (
                select tenant_id, id, expires_at as due_at from subscriptions
                where status in ('trialing', 'active', 'suspended') and expires_at <= @now
                union all
                select tenant_id, id, created_at from subscriptions where status = 'pending' and created_at <= @unpaidBefore
            ) as due
            where @lastId::uuid is null or (due_at, id) > (@lastDueAt, @lastId)
            order by due_at, id
            limit @limit
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<SubscriptionReference>(new CommandDefinition(
            sql, new { now, unpaidBefore, lastId = last?.Id, lastDueAt = last?.DueAt ?? now, limit }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Running subscriptions whose terms are still to be told, after <paramref name="last"/>.</summary>
    public async Task<IReadOnlyList<SubscriptionReference>> ListUntoldAcrossTenantsAsync(Guid? last, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id as tenant, id, expires_at as due_at from subscriptions
            where not terms_told and status in ('trialing', 'active') and (@last::uuid is null or id > @last)
            order by id
            limit @limit
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<SubscriptionReference>(new CommandDefinition(
            sql, new { last, limit }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>A new version of the tenant's tier changes what renewals of it cost: their terms are to be told again.</summary>
    public Task ForgetTermsAsync(TenantTransaction transaction, string tier, BillingCycle cycle, CancellationToken cancellationToken)
    {
        const string sql = """
            update subscriptions set terms_told = false
            where tenant_id = @tenant and status in ('trialing', 'active') and coalesce(next_tier_id, tier_id) in (
                select id from subscription_tiers where tenant_id = @tenant and code = @tier and billing_cycle = @cycle)
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, tier, cycle = cycle.ToString().ToLowerInvariant() }, cancellationToken);
    }

    private static object Parameters(TenantTransaction transaction, Subscription subscription, DateTimeOffset now) => new
    {
        tenant = transaction.Tenant,
        subscription.Id,
        subscription.UserId,
        subscription.Product,
        subscription.TierId,
        mode = subscription.BillingMode.ToString().ToLowerInvariant(),
        status = subscription.Status.ToString().ToLowerInvariant(),
        subscription.Currency,
        subscription.Price,
        subscription.StartedAt,
        subscription.PeriodStart,
        subscription.ExpiresAt,
        subscription.AnchorDay,
        subscription.AutoRenew,
        subscription.CancelAtPeriodEnd,
        subscription.NextTierId,
        subscription.ChargeId,
        subscription.CreatedAt,
        now,
    };
}
