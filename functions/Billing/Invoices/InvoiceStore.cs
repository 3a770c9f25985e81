using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL of <c>invoices</c>, <c>invoice_line_items</c>, <c>invoice_counters</c> and <c>tax_rates</c>.</summary>
public sealed class InvoiceStore(Database database)
{
    internal const string Columns = """
        id, invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate, tax_amount, total_amount, currency, status,
        due_date, paid_date, payment_transaction_id, created_at, charge_id, amount_paid, amount_credited
        """;

    /// <summary>The next number of the tenant's month. The counter's row stays locked until the transaction ends: no gap and no double.</summary>
    public async Task<long> TakeNumberAsync(TenantTransaction transaction, DateOnly month, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into invoice_counters as counter (tenant_id, month, last_number) values (@tenant, @month, 1)
            on conflict (tenant_id, month) do update set last_number = counter.last_number + 1
            returning last_number
            """;
        return await transaction.FindAsync<long>(sql, new { tenant = transaction.Tenant, month }, cancellationToken);
    }

    public async Task<bool> IsBilledAsync(TenantTransaction transaction, Guid subscription, DateTimeOffset periodStart, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from invoices where tenant_id = @tenant and subscription_id = @subscription and period_start = @periodStart)
            """;
        return await transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, subscription, periodStart }, cancellationToken);
    }

    public Task<bool> IsBilledAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = "select exists (select from invoices where tenant_id = @tenant and charge_id = @charge)";
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    public Task<Guid?> FindOfChargeAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = "select id from invoices where tenant_id = @tenant and charge_id = @charge";
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <inheritdoc cref="FindTaxRateAsync(TenantConnection, Currency, DateOnly, CancellationToken)"/>
    public async Task<decimal> FindTaxRateAsync(TenantId tenant, Currency currency, DateOnly day, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindTaxRateAsync(connection, currency, day, cancellationToken);
    }

    /// <summary>The rate in force on that day.</summary>
    public async Task<decimal> FindTaxRateAsync(TenantConnection connection, Currency currency, DateOnly day, CancellationToken cancellationToken)
    {
        const string sql = """
            select rate from tax_rates where currency = @currency and valid_from <= @day order by valid_from desc limit 1
            """;
        return await connection.FindAsync<decimal?>(sql, new { currency, day }, cancellationToken)
            ?? throw new InvalidOperationException($"No tax rate is stored for {currency} on {day:O}.");
    }

    public Task InsertAsync(TenantTransaction transaction, Invoice invoice, IReadOnlyList<InvoiceLine> lines, CancellationToken cancellationToken)
    {
        const string sql = """
            with invoice as (
                insert into invoices (tenant_id, id, invoice_number, user_id, subscription_id, period_start, period_end, amount, tax_rate,
                                      tax_amount, total_amount, currency, status, due_date, paid_date, charge_id, created_at, updated_at)
                values (@tenant, @Id, @InvoiceNumber, @UserId, @SubscriptionId, @PeriodStart, @PeriodEnd, @Amount, @TaxRate,
                        @TaxAmount, @TotalAmount, @Currency, @status, @DueDate, @PaidDate, @ChargeId, @CreatedAt, @CreatedAt)
                returning id
            )
            insert into invoice_line_items (tenant_id, id, invoice_id, description, quantity, unit_price, total_price)
            select @tenant, line.id, @Id, line.description, line.quantity, line.unit_price, line.total_price
            from invoice, unnest(@ids, @descriptions, @quantities, @prices, @totals) as line(id, description, quantity, unit_price, total_price)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                invoice.Id,
                invoice.InvoiceNumber,
                invoice.UserId,
                invoice.SubscriptionId,
                invoice.PeriodStart,
                invoice.PeriodEnd,
                invoice.Amount,
                invoice.TaxRate,
                invoice.TaxAmount,
                invoice.TotalAmount,
                invoice.Currency,
                status = invoice.Status.ToString().ToLowerInvariant(),
                invoice.DueDate,
                invoice.PaidDate,
                invoice.ChargeId,
                invoice.CreatedAt,
                ids = lines.Select(line => line.Id).ToArray(),
                descriptions = lines.Select(line => line.Description).ToArray(),
                quantities = lines.Select(line => line.Quantity).ToArray(),
                prices = lines.Select(line => line.UnitPrice).ToArray(),
                totals = lines.Select(line => line.TotalPrice).ToArray(),
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
            where tenant_id = @tenant and id = @id and status in ('pending', 'overdue')
            returning {Columns}
            """;
        return await transaction.FindAsync<Invoice>(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken);
    }

    /// <summary>The invoice; with an owner given, only if it is his.</summary>
    public async Task<Invoice?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and id = @id and (@owner::uuid is null or user_id = @owner)
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Invoice>(sql, new { tenant, id, owner }, cancellationToken);
    }

    public async Task<IReadOnlyList<InvoiceLine>> ListLinesAsync(TenantId tenant, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, description, quantity, unit_price, total_price from invoice_line_items
            where tenant_id = @tenant and invoice_id = @invoice
            order by id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<InvoiceLine>(sql, new { tenant, invoice }, cancellationToken);
    }

    public async Task<IReadOnlyList<Invoice>> ListAsync(TenantId tenant, Guid? owner, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and (@owner::uuid is null or user_id = @owner) and (@before::uuid is null or id < @before)
            order by id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Invoice>(sql, new { tenant, owner, before, limit }, cancellationToken);
    }
}
