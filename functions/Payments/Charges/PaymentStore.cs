using System.Text.Json;
using Dapper;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Reconciliation;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>SQL of <c>payment_transactions</c> and <c>payment_events</c> of one tenant.</summary>
public sealed class PaymentStore(Database database)
{
    /// <summary>No two payments of the same part of an invoice succeed without one of them being a surplus.</summary>
    public const string OneSuccessPerInstallment = "payment_transactions_one_success_per_installment";

    private const string Columns = """
        id, invoice_id, user_id, subscription_id, order_id, attempt, installment, external_transaction_id, amount, currency, invoice_amount,
        invoice_currency, quote_id, payment_method as method, bank, description, details::text, merchant_account_id, payment_method_id, status, provider_state,
        status_reason, refunded_amount, refunding_amount, instructions::text, provider_session, created_at, placed_at, expires_at, settled_at,
        surplus_at, surplus_handled_at, disputed_at, cancel_requested_at, version, trace_parent
        """;

    private const string LiveOfInvoice = $"""
        select {Columns} from payment_transactions
        where tenant_id = @tenant and invoice_id = @invoice and status in ('pending', 'success')
        """;

    private const string EventColumns =
        "tenant_id, id, payment_id, event_type, from_status, to_status, before, after, detail, actor, created_at";

    private const string EventValues =
        "@tenant, @eventId, @PaymentId, @Type, @from, @to, @before::jsonb, @after::jsonb, @Detail, @Actor, @now";

    public async Task<Payment?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, id, cancellationToken);
    }

    public Task<Payment?> FindAsync(TenantConnection connection, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from payment_transactions where tenant_id = @tenant and id = @id";
        return connection.FindAsync<Payment>(sql, new { tenant = connection.Tenant, id }, cancellationToken);
    }

    /// <summary>Newest first; of one user or of everybody, of one invoice or of all; when asked only surpluses that are still to go back.</summary>
    public async Task<IReadOnlyList<Payment>> ListAsync(
        TenantId tenant, Guid? user, Guid? invoice, bool surplus, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from payment_transactions
            where tenant_id = @tenant
            {(user is null ? "" : "and user_id = @user")}
            {(invoice is null ? "" : "and invoice_id = @invoice")}
            {(surplus ? "and surplus_at is not null and surplus_handled_at is null and refunded_amount < amount" : "")}
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Payment>(sql, new { tenant, user, invoice, page.Before, page.Fetch }, cancellationToken);
    }

    /// <summary>What brought money in that time, oldest first, also when it went back later.</summary>
    public async Task<IReadOnlyList<Payment>> ListSettledAsync(
        TenantId tenant, DateTimeOffset from, DateTimeOffset until, SettledCursor? after, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from payment_transactions
            where tenant_id = @tenant and settled_at >= @from and settled_at < @until
            {(after is null ? "" : "and (settled_at, id) > (@At, @Id)")}
            order by settled_at, id
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Payment>(sql, new { tenant, from, until, after?.At, after?.Id, limit }, cancellationToken);
    }

    /// <summary>
    /// Takes the invoice's one open place, unless another payment of it is pending, and notes that. Returns what is live of the invoice then: it is
    /// read after the insert, which waits for a settlement that is being written at this moment.
    /// </summary>
    public Task<IReadOnlyList<Payment>> OpenAsync(
        TenantTransaction transaction, Payment payment, DateTimeOffset firstLookup, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with opened as (
                insert into payment_transactions (
                    tenant_id, id, user_id, subscription_id, invoice_id, order_id, attempt, installment, amount, currency, invoice_amount,
                    invoice_currency, quote_id, payment_method, bank, description, details, merchant_account_id, payment_method_id, created_at,
                    updated_at, next_lookup_at, trace_parent)
                values (
                    @tenant, @Id, @UserId, @SubscriptionId, @invoice, @OrderId,
                    (select count(*) + 1 from payment_transactions where tenant_id = @tenant and invoice_id = @invoice),
                    @Installment, @Amount, @Currency, @InvoiceAmount, @InvoiceCurrency, @QuoteId, @Method, @Bank, @Description, @Details::jsonb,
                    @MerchantAccountId, @PaymentMethodId, @CreatedAt, @CreatedAt, @firstLookup, @TraceParent)
                on conflict (tenant_id, invoice_id) where status = 'pending' do nothing
                returning id
            )
            insert into payment_events ({EventColumns}) select {EventValues} from opened;
            {LiveOfInvoice}
            """;
        var parameters = Parameters(transaction.Tenant, PaymentEvent.Opened(payment), now);
        parameters.AddDynamicParams(new
        {
            payment.Id,
            payment.UserId,
            payment.SubscriptionId,
            invoice = payment.InvoiceId,
            payment.OrderId,
            payment.Installment,
            payment.Amount,
            payment.Currency,
            payment.InvoiceAmount,
            payment.InvoiceCurrency,
            payment.QuoteId,
            payment.Method,
            payment.Bank,
            payment.Description,
            payment.Details,
            payment.MerchantAccountId,
            payment.PaymentMethodId,
            payment.CreatedAt,
            firstLookup,
            payment.TraceParent,
        });
        return transaction.QueryAsync<Payment>(sql, parameters, cancellationToken);
    }

    /// <summary>The invoice's payments that are pending or have succeeded.</summary>
    public Task<IReadOnlyList<Payment>> ListLiveOfInvoiceAsync(
        TenantConnection connection, Guid invoice, CancellationToken cancellationToken) =>
        connection.QueryAsync<Payment>(LiveOfInvoice, new { tenant = connection.Tenant, invoice }, cancellationToken);

    /// <summary>
    /// Keeps what the provider said about a charge. The state is another matter: a notice may have moved it on already. What the payer needs
    /// stands in the first answer only; the transaction's id may come later, when a hosted page is used. Null when all of that is known already.
    /// </summary>
    /// <param name="line">What the history is told of it, if that is news.</param>
    public Task<Payment?> KeepAnswerAsync(
        TenantConnection connection, Payment seen, ProviderReport report, PaymentEvent? line, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sql = $"""
            with kept as (
                update payment_transactions
                set external_transaction_id = coalesce(external_transaction_id, @TransactionId),
                    provider_session = coalesce(provider_session, @Session),
                    instructions = coalesce(instructions, @instructions::jsonb),
                    provider_response = @Body::jsonb,
                    expires_at = coalesce(@ExpiresAt, expires_at),
                    placed_at = coalesce(placed_at, @now),
                    version = version + 1, updated_at = @now
                where tenant_id = @tenant and id = @id and (placed_at is null or external_transaction_id is null)
                returning {Columns}
            )
            {(line is null ? "" : $", told as (insert into payment_events ({EventColumns}) select {EventValues} from kept)")}
            select kept.* from kept
            """;
        var instructions = seen.IsPlaced ? null : JsonSerializer.Serialize(report.Instructions, ApiJson.Options);
        var parameters = line is null ? new DynamicParameters(new { tenant = connection.Tenant, now }) : Parameters(connection.Tenant, line, now);
        parameters.AddDynamicParams(new { id = seen.Id, report.TransactionId, report.Session, report.Body, report.ExpiresAt, instructions });
        return connection.FindAsync<Payment>(sql, parameters, cancellationToken);
    }

    /// <summary>
    /// Moves the payment if it is still as it was seen; null when somebody else was faster. A success beside another one of the same part
    /// of the invoice is marked as a surplus, and the answer says so.
    /// </summary>
    public Task<bool?> MoveAsync(
        TenantTransaction transaction, Payment seen, PaymentMove move, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions as mine
            set status = @status, provider_state = @state, refunded_amount = @refunded, status_reason = @Reason,
                settled_at = coalesce(settled_at, @SettledAt),
                disputed_at = case when @IsDispute then coalesce(disputed_at, @now) else disputed_at end,
                surplus_at = case
                    when @status <> 'success' then null
                    when mine.status = 'success' then surplus_at
                    when exists (
                        select from payment_transactions as other
                        where other.tenant_id = @tenant and other.invoice_id = mine.invoice_id and other.installment = mine.installment
                          and other.id <> mine.id
                          and other.status = 'success' and other.surplus_at is null) then @now
                end,
                version = version + 1, updated_at = @now
            where tenant_id = @tenant and id = @Id and version = @Version
            returning surplus_at is not null
            """;
        return transaction.FindAsync<bool?>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                seen.Id,
                seen.Version,
                status = Text(move.Status),
                state = Text(move.State),
                refunded = move.Refunded.Amount,
                move.Reason,
                move.SettledAt,
                move.IsDispute,
                now,
            },
            cancellationToken);
    }

    /// <summary>The payment that paid was taken back: the oldest surplus of its part takes its place; returns it when there is one.</summary>
    public Task<Payment?> PromoteSurplusAsync(TenantTransaction transaction, Payment taken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update payment_transactions
            set surplus_at = null, version = version + 1, updated_at = @now
            where tenant_id = @tenant and id = (
                select id from payment_transactions
                where tenant_id = @tenant and invoice_id = @InvoiceId and installment = @Installment and status = 'success'
                  and surplus_at is not null and surplus_handled_at is null and refunded_amount = 0 and refunding_amount = 0
                order by settled_at
                limit 1)
            returning {Columns}
            """;
        return transaction.FindAsync<Payment>(
            sql, new { tenant = transaction.Tenant, taken.InvoiceId, taken.Installment, now }, cancellationToken);
    }

    /// <summary>Marks a surplus as handled, once; null when it is none, when it is marked already, or while a refund of it is under way.</summary>
    public Task<Payment?> HandleSurplusAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update payment_transactions set surplus_handled_at = @now, version = version + 1, updated_at = @now
            where tenant_id = @tenant and id = @id and status = 'success' and surplus_at is not null and surplus_handled_at is null
              and refunding_amount = 0 and refunded_amount < amount
            returning {Columns}
            """;
        return transaction.FindAsync<Payment>(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken);
    }

    public Task AddEventAsync(TenantTransaction transaction, PaymentEvent line, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            $"insert into payment_events ({EventColumns}) values ({EventValues})", Parameters(transaction.Tenant, line, now), cancellationToken);

    /// <summary>Notes that the invoice's pending charge is to be withdrawn, at once and then at growing delays anew; returns it when there is one.</summary>
    /// <param name="installment">Only when it is for this part.</param>
    /// <param name="openedUntil">Only when it was opened by then.</param>
    public Task<Payment?> RequestCancellationAsync(
        TenantTransaction transaction, Guid invoice, int? installment, DateTimeOffset? openedUntil, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var sql = $"""
            update payment_transactions
            set cancel_requested_at = coalesce(cancel_requested_at, @now), next_lookup_at = @now, lookups = 0, version = version + 1, updated_at = @now
            where tenant_id = @tenant and invoice_id = @invoice and status = 'pending'
            {(installment is null ? "" : "and installment = @installment")}
            {(openedUntil is null ? "" : "and created_at <= @openedUntil")}
            returning {Columns}
            """;
        return transaction.FindAsync<Payment>(sql, new { tenant = transaction.Tenant, invoice, installment, openedUntil, now }, cancellationToken);
    }

    private static DynamicParameters Parameters(TenantId tenant, PaymentEvent line, DateTimeOffset now) => new(new
    {
        tenant,
        eventId = Guid.CreateVersion7(now),
        line.PaymentId,
        line.Type,
        from = line.Before is { } before ? Text(before.Status) : null,
        to = Text(line.After.Status),
        before = line.Before?.ToJson(),
        after = line.After.ToJson(),
        line.Detail,
        line.Actor,
        now,
    });

    private static string Text<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
