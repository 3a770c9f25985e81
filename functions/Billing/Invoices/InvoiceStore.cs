using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL of <c>invoices</c> and <c>invoice_line_items</c>; what issues them is in <see cref="InvoiceBatchStore"/>.</summary>
public sealed class InvoiceStore(Database database)
{
    internal const string Columns = """
        id, coalesce(invoice_number, '') as invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
        total_amount, currency, status, due_date, paid_date, payment_transaction_id, created_at, charge_id, subtotal, discount, tax_mode,
        tax_base, is_renewal, is_draft, amount_paid, amount_credited, superseded_at is not null as is_superseded, seller_id,
        reopenings
        """;

    public async Task<bool> IsBilledAsync(TenantTransaction transaction, Guid subscription, DateTimeOffset periodStart, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from invoices where tenant_id = @tenant and subscription_id = @subscription and period_start = @periodStart)
            """;
        return await transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, subscription, periodStart }, cancellationToken);
    }

    /// <summary>Whether there is an invoice for the charge, or it was withdrawn before there could be one.</summary>
    public Task<bool> IsBilledAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from invoices where tenant_id = @tenant and charge_id = @charge and superseded_at is null)
                or exists (select from withdrawn_charges where tenant_id = @tenant and charge_id = @charge)
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    public Task<Guid?> FindOfChargeAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = "select id from invoices where tenant_id = @tenant and charge_id = @charge and superseded_at is null";
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <summary>A charge was withdrawn before its bill came: that is not to be billed.</summary>
    public Task NoteWithdrawnAsync(TenantTransaction transaction, Guid charge, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "insert into withdrawn_charges (tenant_id, charge_id, withdrawn_at) values (@tenant, @charge, @now) on conflict do nothing",
            new { tenant = transaction.Tenant, charge, now }, cancellationToken);

    /// <summary>Those of the charges that were withdrawn before there was an invoice for them.</summary>
    public async Task<IReadOnlySet<Guid>> ListWithdrawnAsync(TenantTransaction transaction, Guid[] charges, CancellationToken cancellationToken)
    {
        const string sql = "select charge_id from withdrawn_charges where tenant_id = @tenant and charge_id = any(@charges)";
        var rows = await transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, charges }, cancellationToken);
        return rows.ToHashSet();
    }

    /// <summary>Lets nobody else bill or withdraw a charge until the transaction ends: of news that come together each sees what the other made.</summary>
    public Task LockChargeAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken) => transaction.QueryAsync<string>(
        "select pg_advisory_xact_lock(hashtextextended('charge ' || @tenant || ' ' || @charge::text, 0))::text",
        new { tenant = transaction.Tenant, charge }, cancellationToken);

    /// <summary>The invoice; whoever else moves it waits, so that what is read next still holds at the commit.</summary>
    public Task<Invoice?> LockAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.FindAsync<Invoice>(
            $"select {Columns} from invoices where tenant_id = @tenant and id = @id for update", new { tenant = transaction.Tenant, id }, cancellationToken);

    /// <summary>What is open of a subscription, newest first; whoever moves one of them waits.</summary>
    public Task<IReadOnlyList<Invoice>> LockOpenAsync(
        TenantTransaction transaction, Guid user, Guid? subscription, Currency currency, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and user_id = @user and subscription_id = @subscription and currency = @currency
              and status in ('pending', 'overdue') and not is_draft
            order by created_at desc, id desc
            for update
            """;
        return transaction.QueryAsync<Invoice>(sql, new { tenant = transaction.Tenant, user, subscription, currency }, cancellationToken);
    }

    /// <summary>Cancels an open invoice; null when it is not open. What had been paid of it is on it no more.</summary>
    public async Task<Invoice?> CancelAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update invoices set status = 'cancelled', amount_paid = 0, collect_at = null, updated_at = @now
            where tenant_id = @tenant and id = @id and status in ('pending', 'overdue') and not is_draft
            returning {Columns}
            """;
        return await transaction.FindAsync<Invoice>(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken);
    }

    /// <summary>The invoice; with an owner given, only if it is his.</summary>
    public async Task<Invoice?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and id = @id and (@owner::uuid is null or (user_id = @owner and not is_draft))
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Invoice>(sql, new { tenant, id, owner }, cancellationToken);
    }

    public Task<Invoice?> FindAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.FindAsync<Invoice>(
            $"select {Columns} from invoices where tenant_id = @tenant and id = @id", new { tenant = transaction.Tenant, id }, cancellationToken);

    /// <summary>The draft, locked; null when there is none, or no longer.</summary>
    public Task<Invoice?> TakeDraftAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.FindAsync<Invoice>(
            $"select {Columns} from invoices where tenant_id = @tenant and id = @id and is_draft for update",
            new { tenant = transaction.Tenant, id }, cancellationToken);

    /// <summary>Throws a draft away; false when there is none.</summary>
    public async Task<bool> DeleteDraftAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from invoice_line_items where tenant_id = @tenant and invoice_id = (
                select id from invoices where tenant_id = @tenant and id = @id and is_draft);
            delete from invoices where tenant_id = @tenant and id = @id and is_draft
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id }, cancellationToken) > 0;
    }

    public async Task<IReadOnlyList<InvoiceLine>> ListLinesAsync(TenantId tenant, Guid invoice, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await ListLinesAsync(connection, invoice, cancellationToken);
    }

    public Task<IReadOnlyList<InvoiceLine>> ListLinesAsync(TenantConnection connection, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, description, quantity, unit_price, total_price, period_start, period_end, days, of_days from invoice_line_items
            where tenant_id = @tenant and invoice_id = @invoice
            order by id
            """;
        return connection.QueryAsync<InvoiceLine>(sql, new { tenant = connection.Tenant, invoice }, cancellationToken);
    }

    public async Task<IReadOnlyList<Invoice>> ListAsync(TenantId tenant, Guid? owner, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and (@owner::uuid is null or (user_id = @owner and not is_draft)) and (@before::uuid is null or id < @before)
            order by id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Invoice>(sql, new { tenant, owner, before, limit }, cancellationToken);
    }
}
