using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>An invoice whose saved method is charged now.</summary>
/// <param name="Due">What is still to be paid.</param>
/// <param name="Installment">Which payment of the invoice this would be: Payments charges each once.</param>
public sealed record ClaimedInvoice(
    TenantId Tenant, Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, string Currency, decimal Due, int Installment)
{
    public Money Amount => new(Due, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>SQL of when invoices are charged to the saved method.</summary>
public sealed class CollectionStore(Database database)
{
    /// <summary>
    /// Claims due invoices of all tenants until the lease ends. Whoever dies with a claim leaves it to the next, who asks Payments for the same
    /// installment and so finds the charge that the dead one made.
    /// </summary>
    public async Task<IReadOnlyList<ClaimedInvoice>> TakeDueAcrossTenantsAsync(
        DateTimeOffset now, DateTimeOffset lease, IReadOnlyList<TenantId> except, int limit, CancellationToken cancellationToken)
    {
        var sql = Take("tenant_id <> all(@except)");
        await using var connection = database.OpenAcrossTenants();
        var parameters = new { now, lease, except = except.Select(tenant => tenant.Value).ToArray(), limit };
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<ClaimedInvoice>(command)).AsList();
    }

    /// <summary>Due invoices of one tenant, for the only one who collects there. They stay due until they are released: who dies leaves nothing leased.</summary>
    public async Task<IReadOnlyList<ClaimedInvoice>> TakeDueAsync(TenantId tenant, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var sql = Take("tenant_id = @tenant");
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

    private static string Take(string whose) => $"""
        update invoices as invoice
        set collect_at = @lease, collect_attempts = collect_attempts + 1, updated_at = @now
        where (tenant_id, id) in (
            select tenant_id, id from invoices
            where {whose} and collect_at <= @now and status in ('pending', 'overdue')
            order by collect_at
            limit @limit
            for update skip locked)
        returning tenant_id as tenant, id, invoice_number, user_id, subscription_id, currency,
            total_amount - amount_paid - amount_credited as due, (
                select count(*)::int + 1 from payments_received as payment
                where payment.tenant_id = invoice.tenant_id and payment.invoice_id = invoice.id and received_at is not null) as installment
        """;
}
