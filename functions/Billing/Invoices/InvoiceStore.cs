using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL of <c>invoices</c>, <c>invoice_line_items</c>, <c>invoice_counters</c> and of what they are taxed by.</summary>
public sealed class InvoiceStore(Database database)
{
    internal const string Columns = """
        id, coalesce(invoice_number, '') as invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
        total_amount, currency, status, due_date, paid_date, payment_transaction_id, created_at, charge_id, subtotal, discount, tax_mode,
        tax_base, is_renewal, is_draft, amount_paid, amount_credited
        """;

    /// <summary>Takes the next numbers of the tenant's month and says the last of them. The counter's row stays locked until the transaction
    /// ends: no gap and no double.</summary>
    public async Task<long> TakeNumbersAsync(TenantTransaction transaction, DateOnly month, int count, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into invoice_counters as counter (tenant_id, month, last_number) values (@tenant, @month, @count)
            on conflict (tenant_id, month) do update set last_number = counter.last_number + @count
            returning last_number
            """;
        return await transaction.FindAsync<long>(sql, new { tenant = transaction.Tenant, month, count }, cancellationToken);
    }

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

    /// <summary>How much of its price coupons left of the invoice for a charge, from 0 to 1; null when there is none.</summary>
    public Task<decimal?> FindPaidShareAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = """
            select (subtotal - discount) / nullif(subtotal, 0) from invoices
            where tenant_id = @tenant and charge_id = @charge and superseded_at is null
            """;
        return transaction.FindAsync<decimal?>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <summary>How the tenant's invoices are taxed on that day, by currency.</summary>
    public async Task<IReadOnlyDictionary<string, TaxRule>> ListTaxRulesAsync(
        TenantConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct on (rate.currency) rate.currency, rate.rate, coalesce(mode.mode, 'exclusive') as mode
            from tax_rates rate
            left join tax_modes mode on mode.tenant_id = @tenant and mode.currency = rate.currency
            where rate.valid_from <= @day
            order by rate.currency, rate.valid_from desc
            """;
        var rows = await connection.QueryAsync<TaxRow>(sql, new { tenant = connection.Tenant, day }, cancellationToken);
        return rows.ToDictionary(row => row.Currency, row => new TaxRule(row.Rate, row.Mode));
    }

    public Task InsertAsync(TenantTransaction transaction, IReadOnlyList<Invoice> invoices, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into invoices (tenant_id, id, invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
                                  total_amount, currency, status, due_date, paid_date, charge_id, created_at, updated_at, subtotal, discount,
                                  tax_mode, tax_base, is_renewal, is_draft, collect_at)
            select @tenant, id, nullif(number, ''), user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
                total_amount, currency, status, due_date, paid_date, charge_id, created_at, created_at, subtotal, discount,
                tax_mode, tax_base, is_renewal, is_draft, case when is_renewal and status = 'pending' then created_at end
            from unnest(@ids, @numbers, @users, @subscriptions, @starts, @ends, @amounts, @rates, @taxes, @totals, @currencies, @statuses, @dues,
                        @paids, @charges, @createds, @subtotals, @discounts, @modes, @bases, @renewals, @drafts)
                as invoice(id, number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount, total_amount, currency,
                           status, due_date, paid_date, charge_id, created_at, subtotal, discount, tax_mode, tax_base, is_renewal, is_draft)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                ids = Column(invoices, row => row.Id),
                numbers = Column(invoices, row => row.InvoiceNumber),
                users = Column(invoices, row => row.UserId),
                subscriptions = Column(invoices, row => row.SubscriptionId),
                starts = Column(invoices, row => row.PeriodStart),
                ends = Column(invoices, row => row.PeriodEnd),
                amounts = Column(invoices, row => row.Amount),
                rates = Column(invoices, row => row.TaxRate),
                taxes = Column(invoices, row => row.TaxAmount),
                totals = Column(invoices, row => row.TotalAmount),
                currencies = Column(invoices, row => row.Currency),
                statuses = Column(invoices, row => row.Status.ToString().ToLowerInvariant()),
                dues = Column(invoices, row => row.DueDate),
                paids = Column(invoices, row => row.PaidDate),
                charges = Column(invoices, row => row.ChargeId),
                createds = Column(invoices, row => row.CreatedAt),
                subtotals = Column(invoices, row => row.Subtotal),
                discounts = Column(invoices, row => row.Discount),
                modes = Column(invoices, row => row.TaxMode.ToString().ToLowerInvariant()),
                bases = Column(invoices, row => row.TaxBase),
                renewals = Column(invoices, row => row.IsRenewal),
                drafts = Column(invoices, row => row.IsDraft),
            },
            cancellationToken);
    }

    public Task InsertLinesAsync(TenantTransaction transaction, IReadOnlyList<InvoiceLineRow> lines, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into invoice_line_items (tenant_id, id, invoice_id, description, quantity, unit_price, total_price, metadata, period_start,
                                            period_end, days, of_days)
            select @tenant, id, invoice_id, description, quantity, unit_price, total_price, metadata::jsonb, period_start, period_end, days, of_days
            from unnest(@ids, @invoices, @descriptions, @quantities, @prices, @totals, @metadata, @starts, @ends, @days, @ofDays)
                as line(id, invoice_id, description, quantity, unit_price, total_price, metadata, period_start, period_end, days, of_days)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                ids = Column(lines, row => row.Id),
                invoices = Column(lines, row => row.InvoiceId),
                descriptions = Column(lines, row => row.Line.Charge.Description),
                quantities = Column(lines, row => row.Line.Charge.Quantity),
                prices = Column(lines, row => row.Line.Charge.UnitPrice.Amount),
                totals = Column(lines, row => row.Line.Charge.Amount.Amount),
                metadata = Column(lines, row => row.Metadata),
                starts = Column(lines, row => row.Line.Charge.PeriodStart),
                ends = Column(lines, row => row.Line.Charge.PeriodEnd),
                days = Column(lines, row => row.Line.Charge.Days),
                ofDays = Column(lines, row => row.Line.Charge.OfDays),
            },
            cancellationToken);
    }

    /// <summary>The invoice; whoever else moves it waits, so that what is read next still holds at the commit.</summary>
    public Task<Invoice?> LockAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.FindAsync<Invoice>(
            $"select {Columns} from invoices where tenant_id = @tenant and id = @id for update", new { tenant = transaction.Tenant, id }, cancellationToken);

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

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var place = 0; place < column.Length; place++)
            column[place] = value(rows[place]);
        return column;
    }

    private sealed record TaxRow(string Currency, decimal Rate, TaxMode Mode);
}
