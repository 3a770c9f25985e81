using Dapper;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Which payment an order id belongs to.</summary>
public sealed record PaymentReference(TenantId Tenant, Guid Id);

/// <summary>SQL of <c>payment_transactions</c> and <c>payment_events</c>.</summary>
public sealed class PaymentStore(Database database)
{
    private const string Columns = """
        id, invoice_id, user_id, subscription_id, order_id, external_transaction_id, amount, currency, payment_method as method, bank,
        description, status, provider_state, refunded_amount, instructions::text, created_at, expires_at, cancel_requested_at,
        trace_parent
        """;

    public async Task<Payment?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from payment_transactions where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Payment>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>Newest first; of one user, or of everybody.</summary>
    public async Task<IReadOnlyList<Payment>> ListAsync(TenantId tenant, Guid? user, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from payment_transactions
            where tenant_id = @tenant
            {(user is null ? "" : "and user_id = @user")}
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Payment>(sql, new { tenant, user, page.Before, page.Fetch }, cancellationToken);
    }

    /// <summary>Takes the invoice's one open place; false when another payment of it is pending.</summary>
    public async Task<bool> InsertAsync(
        TenantTransaction transaction, Payment payment, DateTimeOffset firstLookup, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into payment_transactions (
                tenant_id, id, user_id, subscription_id, invoice_id, order_id, attempt, amount, currency, payment_method, bank, description,
                created_at, updated_at, next_lookup_at, trace_parent)
            values (
                @tenant, @Id, @UserId, @SubscriptionId, @InvoiceId, @OrderId,
                (select count(*) + 1 from payment_transactions where tenant_id = @tenant and invoice_id = @InvoiceId),
                @Amount, @currency, @Method, @Bank, @Description, @CreatedAt, @CreatedAt, @firstLookup, @TraceParent)
            on conflict (tenant_id, invoice_id) where status = 'pending' do nothing
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                payment.Id,
                payment.UserId,
                payment.SubscriptionId,
                payment.InvoiceId,
                payment.OrderId,
                payment.Amount,
                currency = payment.Currency.Code,
                payment.Method,
                payment.Bank,
                payment.Description,
                payment.CreatedAt,
                firstLookup,
                payment.TraceParent,
            },
            cancellationToken) == 1;
    }

    /// <summary>The invoice's payments that are pending or have succeeded.</summary>
    public Task<IReadOnlyList<Payment>> ListLiveOfInvoiceAsync(
        TenantConnection connection, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from payment_transactions
            where tenant_id = @tenant and invoice_id = @invoice and status in ('pending', 'success')
            """;
        return connection.QueryAsync<Payment>(sql, new { tenant = connection.Tenant, invoice }, cancellationToken);
    }

    /// <summary>Keeps what the provider said about a charge. The state is another matter: a notice may have moved it on already.</summary>
    public Task KeepAnswerAsync(
        TenantTransaction transaction, Guid id, string? externalId, string instructions, string answer, DateTimeOffset? expiresAt,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions
            set external_transaction_id = @externalId, instructions = @instructions::jsonb, provider_response = @answer::jsonb,
                expires_at = @expiresAt, updated_at = @now
            where tenant_id = @tenant and id = @id and external_transaction_id is null
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id, externalId, instructions, answer, expiresAt, now }, cancellationToken);
    }

    /// <summary>Moves the payment if it is still as it was seen; false when somebody else was faster.</summary>
    public async Task<bool> MoveAsync(
        TenantTransaction transaction, Payment seen, PaymentMove move, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions
            set status = @status, provider_state = @state, refunded_amount = @refunded, status_reason = @Reason,
                settled_at = coalesce(settled_at, @SettledAt),
                disputed_at = case when @IsDispute then coalesce(disputed_at, @now) else disputed_at end,
                updated_at = @now
            where tenant_id = @tenant and id = @Id
              and status = @seenStatus and provider_state = @seenState and refunded_amount = @RefundedAmount
              and external_transaction_id is not distinct from @ExternalTransactionId
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                seen.Id,
                seenStatus = Text(seen.Status),
                seenState = Text(seen.ProviderState),
                seen.RefundedAmount,
                seen.ExternalTransactionId,
                status = Text(move.Status),
                state = Text(move.State),
                refunded = move.Refunded.Amount,
                move.Reason,
                move.SettledAt,
                move.IsDispute,
                now,
            },
            cancellationToken) == 1;
    }

    /// <summary>One line of the payment's history; lines are only ever added.</summary>
    public Task AddEventAsync(
        TenantTransaction transaction, Guid payment, string type, PaymentStatus? from, PaymentStatus to, string detail, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into payment_events (tenant_id, id, payment_id, event_type, from_status, to_status, detail, created_at)
            values (@tenant, @id, @payment, @type, @from, @to, @detail, @now)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id = Guid.CreateVersion7(now),
                payment,
                type,
                from = from is { } status ? Text(status) : null,
                to = Text(to),
                detail,
                now,
            },
            cancellationToken);
    }

    /// <summary>Notes that the invoice's pending charge is to be withdrawn; returns it when there is one.</summary>
    public Task<Payment?> RequestCancellationAsync(
        TenantTransaction transaction, Guid invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update payment_transactions
            set cancel_requested_at = coalesce(cancel_requested_at, @now), next_lookup_at = @now, updated_at = @now
            where tenant_id = @tenant and invoice_id = @invoice and status = 'pending'
            returning {Columns}
            """;
        return transaction.FindAsync<Payment>(sql, new { tenant = transaction.Tenant, invoice, now }, cancellationToken);
    }

    /// <summary>Whose order this is. A notification names nothing but the order, so this looks across tenants.</summary>
    public async Task<PaymentReference?> FindOrderAcrossTenantsAsync(string orderId, CancellationToken cancellationToken)
    {
        const string sql = "select tenant_id as tenant, id from payment_transactions where order_id = @orderId";
        await using var connection = database.OpenAcrossTenants();
        return await connection.QuerySingleOrDefaultAsync<PaymentReference>(
            new CommandDefinition(sql, new { orderId }, cancellationToken: cancellationToken));
    }

    /// <summary>Takes pending payments whose lookup is due and sets their next one: 1, 2, 4 … at most 60 minutes later.</summary>
    public async Task<IReadOnlyList<PaymentReference>> TakeDueAcrossTenantsAsync(
        DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions
            set lookups = lookups + 1, next_lookup_at = @now + least(power(2, least(lookups, 6)), 60) * interval '1 minute'
            where (tenant_id, id) in (
                select tenant_id, id from payment_transactions
                where status = 'pending' and next_lookup_at <= @now
                order by next_lookup_at
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, id
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { now, limit }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<PaymentReference>(command)).AsList();
    }

    private static string Text<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
