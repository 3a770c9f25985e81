using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL that writes any number of <c>invoices</c> and <c>invoice_line_items</c> at once, and their numbers in <c>invoice_counters</c>.</summary>
public sealed class InvoiceBatchStore
{
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

    /// <summary>A renewal that waits for money is charged to its payer's saved method, if he has one, as soon as it stands.</summary>
    public Task InsertAsync(TenantTransaction transaction, IReadOnlyList<Invoice> invoices, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into invoices (tenant_id, id, invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
                                  total_amount, currency, status, due_date, paid_date, charge_id, created_at, updated_at, subtotal, discount,
                                  tax_mode, tax_base, is_renewal, is_draft, seller_id, reopenings, collect_at)
            select @tenant, id, nullif(number, ''), user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount,
                total_amount, currency, status, due_date, paid_date, charge_id, created_at, created_at, subtotal, discount,
                tax_mode, tax_base, is_renewal, is_draft, seller_id, reopenings,
                case when is_renewal and status = 'pending' then created_at end
            from unnest(@ids, @numbers, @users, @subscriptions, @starts, @ends, @amounts, @rates, @taxes, @totals, @currencies, @statuses, @dues,
                        @paids, @charges, @createds, @subtotals, @discounts, @modes, @bases, @renewals, @drafts, @sellers,
                        @reopenings)
                as invoice(id, number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount, total_amount, currency,
                           status, due_date, paid_date, charge_id, created_at, subtotal, discount, tax_mode, tax_base, is_renewal, is_draft,
                           seller_id, reopenings)
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
                starts = Column(invoices, row => Utc(row.PeriodStart)),
                ends = Column(invoices, row => Utc(row.PeriodEnd)),
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
                sellers = Column(invoices, row => row.SellerId),
                reopenings = Column(invoices, row => row.Reopenings),
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
                starts = Column(lines, row => Utc(row.Line.Charge.PeriodStart)),
                ends = Column(lines, row => Utc(row.Line.Charge.PeriodEnd)),
                days = Column(lines, row => row.Line.Charge.Days),
                ofDays = Column(lines, row => row.Line.Charge.OfDays),
            },
            cancellationToken);
    }

    // Whoever told a period may have told it by the time of another zone; an array takes none.
    private static DateTimeOffset? Utc(DateTimeOffset? at) => at?.ToUniversalTime();

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var place = 0; place < column.Length; place++)
            column[place] = value(rows[place]);
        return column;
    }
}
