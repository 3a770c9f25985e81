using Dapper;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>An invoice whose saved method is charged now.</summary>
/// <param name="Due">What is still to be paid.</param>
/// <param name="Installment">Which payment of the invoice this would be: Payments charges each once.</param>
/// <param name="HasCredit">Its payer has something in the balance.</param>
public sealed record ClaimedInvoice(
    TenantId Tenant, Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, string Currency, decimal Due, int Installment,
    bool HasCredit)
{
    public Money Amount => new(Due, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>SQL of when invoices are charged to the saved method.</summary>
public sealed class CollectionStore(Database database)
{
    /// <summary>Which tenants have anything due.</summary>
    public async Task<IReadOnlyList<TenantId>> ListTenantsWithDueAcrossTenantsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One look into the index per tenant, however many are due in each.
        const string sql = """
            with recursive tenant as (
                (select tenant_id from invoices where collect_at is not null order by tenant_id limit 1)
                union all
                select (
                    select i.tenant_id from invoices i where i.collect_at is not null and i.tenant_id > tenant.tenant_id order by i.tenant_id limit 1)
                from tenant where tenant.tenant_id is not null
            )
            select tenant_id from tenant
            where tenant_id is not null and exists (
                select from invoices i where i.tenant_id = tenant.tenant_id and i.collect_at <= @now and i.status in ('pending', 'overdue'))
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<TenantId>(new CommandDefinition(sql, new { now }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>
    /// Claims so many due invoices of each of these tenants until the lease ends. Whoever dies with a claim leaves it to the next, who asks Payments for
    /// the same installment and so finds the charge that the dead one made.
    /// </summary>
    public async Task<IReadOnlyList<ClaimedInvoice>> TakeDueAcrossTenantsAsync(
        IReadOnlyList<TenantId> tenants, DateTimeOffset now, DateTimeOffset lease, int each, CancellationToken cancellationToken)
    {
        var sql = Take("""
            select due.tenant_id, due.id from unnest(@tenants) as whose(tenant_id), lateral (
                select i.tenant_id, i.id from invoices i
                where i.tenant_id = whose.tenant_id and i.collect_at <= @now and i.status in ('pending', 'overdue')
                order by i.collect_at
                limit @each
                for update skip locked) as due
            """);
        await using var connection = database.OpenAcrossTenants();
        var parameters = new { now, lease, tenants = tenants.Select(tenant => tenant.Value).ToArray(), each };
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<ClaimedInvoice>(command)).AsList();
    }

    /// <summary>Due invoices of one tenant, for the only one who collects there. They stay due until they are released: who dies leaves nothing leased.</summary>
    public async Task<IReadOnlyList<ClaimedInvoice>> TakeDueAsync(TenantId tenant, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var sql = Take("""
            select tenant_id, id from invoices
            where tenant_id = @tenant and collect_at <= @now and status in ('pending', 'overdue')
            order by collect_at
            limit @limit
            for update skip locked
            """);
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<ClaimedInvoice>(sql, new { tenant, now, lease = now, limit }, cancellationToken);
    }

    /// <summary>Ends a claim, unless something newer was decided meanwhile: not at all again, or then.</summary>
    public async Task ReleaseAsync(
        TenantId tenant, Guid id, DateTimeOffset lease, DateTimeOffset? next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invoices set collect_at = @next, updated_at = @now where tenant_id = @tenant and id = @id and collect_at = @lease
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, id, lease, next, now }, cancellationToken);
    }

    public Task StopAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invoices set collect_at = null, updated_at = @now where tenant_id = @tenant and user_id = @user and collect_at is not null
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    private static string Take(string which) => $"""
        with chosen as materialized ({which})
        update invoices as invoice
        set collect_at = @lease, collect_attempts = collect_attempts + 1, updated_at = @now
        from chosen
        where invoice.tenant_id = chosen.tenant_id and invoice.id = chosen.id
        returning invoice.tenant_id as tenant, invoice.id, invoice_number, user_id, subscription_id, currency,
            total_amount - amount_paid - amount_credited as due, (
                select count(*)::int + 1 from payments_received as payment
                where payment.tenant_id = invoice.tenant_id and payment.invoice_id = invoice.id and received_at is not null) as installment,
            {CreditStore.IsThereForInvoice} as has_credit
        """;
}
