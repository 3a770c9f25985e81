using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Coupons;

/// <summary>SQL of <c>coupons</c> and <c>coupon_redemptions</c>.</summary>
public sealed class CouponStore(Database database)
{
    private const string Columns = """
        id, code, percent, amount, currency, duration, invoices, array_to_string(tiers, ',') as tiers, max_redemptions, redemptions, redeem_by, active,
        created_at
        """;

    public Task InsertAsync(TenantTransaction transaction, Coupon coupon, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into coupons (tenant_id, id, code, percent, amount, currency, duration, invoices, tiers, max_redemptions, redeem_by, created_at)
            values (@tenant, @Id, @Code, @Percent, @Amount, @Currency, @duration, @Invoices, string_to_array(@Tiers, ','), @MaxRedemptions, @RedeemBy,
                    @CreatedAt)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                coupon.Id,
                coupon.Code,
                coupon.Percent,
                coupon.Amount,
                coupon.Currency,
                duration = coupon.Duration.ToString().ToLowerInvariant(),
                coupon.Invoices,
                coupon.Tiers,
                coupon.MaxRedemptions,
                coupon.RedeemBy,
                coupon.CreatedAt,
            },
            cancellationToken);
    }

    public Task<Coupon?> FindAsync(TenantConnection connection, string code, CancellationToken cancellationToken) => connection.FindAsync<Coupon>(
        $"select {Columns} from coupons where tenant_id = @tenant and code = @code", new { tenant = connection.Tenant, code }, cancellationToken);

    public async Task<IReadOnlyList<Coupon>> ListAsync(TenantId tenant, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from coupons
            where tenant_id = @tenant and (@before::uuid is null or id < @before)
            order by id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Coupon>(sql, new { tenant, before, limit }, cancellationToken);
    }

    /// <summary>Nobody redeems it any more; those who did keep it. Null when there is none.</summary>
    public async Task<Coupon?> DeactivateAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"update coupons set active = false where tenant_id = @tenant and id = @id returning {Columns}";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Coupon>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>Counts the redemption and writes it, in one statement; null when the coupon may not be redeemed (any more).</summary>
    public Task<RedemptionView?> RedeemAsync(
        TenantTransaction transaction, Guid id, string code, Guid user, Guid? subscription, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with coupon as (
                update coupons set redemptions = redemptions + 1
                where tenant_id = @tenant and code = @code and active and (redeem_by is null or redeem_by > @now)
                    and (max_redemptions is null or redemptions < max_redemptions)
                returning id, code, case duration when 'once' then 1 when 'repeating' then invoices end as good_for
            ), redemption as (
                insert into coupon_redemptions (tenant_id, id, coupon_id, user_id, subscription_id, invoices_left, redeemed_at)
                select @tenant, @id, id, @user, @subscription, good_for, @now from coupon
                returning id, user_id, subscription_id, invoices_left
            )
            select redemption.id, coupon.code, user_id, subscription_id, invoices_left from redemption, coupon
            """;
        return transaction.FindAsync<RedemptionView>(
            sql, new { tenant = transaction.Tenant, id, code, user, subscription, now }, cancellationToken);
    }

    public Task<RedemptionView?> FindRedemptionAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            select r.id, c.code, r.user_id, r.subscription_id, r.invoices_left
            from coupon_redemptions r join coupons c on c.tenant_id = r.tenant_id and c.id = r.coupon_id
            where r.tenant_id = @tenant and r.id = @id
            """;
        return transaction.FindAsync<RedemptionView>(sql, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    /// <summary>What these users have redeemed and not used up, in the order in which they did; locked, so that no other invoice uses it.</summary>
    public Task<IReadOnlyList<Redemption>> ListRedemptionsAsync(
        TenantTransaction transaction, Guid[] users, CancellationToken cancellationToken)
    {
        const string sql = """
            select r.id, r.user_id, r.subscription_id, r.invoices_left, c.code, c.percent, c.amount, c.currency, array_to_string(c.tiers, ',') as tiers
            from coupon_redemptions r
            join coupons c on c.tenant_id = r.tenant_id and c.id = r.coupon_id
            where r.tenant_id = @tenant and r.user_id = any(@users) and (r.invoices_left is null or r.invoices_left > 0)
            order by r.user_id, r.id
            for update of r
            """;
        return transaction.QueryAsync<Redemption>(sql, new { tenant = transaction.Tenant, users }, cancellationToken);
    }

    /// <summary>Takes one invoice from each of these redemptions, which are good for so many only; an id may stand there more than once.</summary>
    /// <exception cref="InvalidOperationException">Another invoice has used one up meanwhile.</exception>
    public async Task UseAsync(TenantTransaction transaction, Guid[] redemptions, CancellationToken cancellationToken)
    {
        const string sql = """
            with used as (
                select id, count(*)::int as times from unnest(@redemptions) as used(id) group by id
            ), taken as (
                update coupon_redemptions r set invoices_left = r.invoices_left - used.times
                from used
                where r.tenant_id = @tenant and r.id = used.id and r.invoices_left >= used.times
                returning r.id
            )
            select count(*) from used where used.id not in (select id from taken)
            """;
        var missing = await transaction.FindAsync<long>(sql, new { tenant = transaction.Tenant, redemptions }, cancellationToken);
        if (missing > 0)
            throw new InvalidOperationException("A coupon was used up by another invoice meanwhile.");
    }

    /// <summary>The redemptions that made the invoice of a charge cheaper.</summary>
    public Task<IReadOnlyList<Guid>> ListUsedAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = """
            select (line.metadata ->> 'redemptionId')::uuid
            from invoices invoice join invoice_line_items line on line.tenant_id = @tenant and line.invoice_id = invoice.id
            where invoice.tenant_id = @tenant and invoice.charge_id = @charge and invoice.superseded_at is null
                and line.metadata ->> 'redemptionId' is not null
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <summary>An invoice that they took something off is owed no more: the redemptions are good for another one instead. How many.</summary>
    public Task<int> GiveBackAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            update coupon_redemptions r set invoices_left = r.invoices_left + 1
            from invoice_line_items line
            where line.tenant_id = @tenant and line.invoice_id = @invoice and line.metadata ->> 'redemptionId' is not null
                and r.tenant_id = @tenant and r.id = (line.metadata ->> 'redemptionId')::uuid and r.invoices_left is not null
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, invoice }, cancellationToken);
    }
}
