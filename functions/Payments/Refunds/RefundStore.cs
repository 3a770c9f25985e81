using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Refunds;

/// <summary>A refund that has ended, and the money that it held.</summary>
public sealed record FinishedRefund(string RefundKey, decimal Amount);

/// <summary>SQL of <c>refunds</c>, and of the payment's money that is on its way back.</summary>
public sealed class RefundStore(Database database)
{
    private static readonly DueRows Lookups = new(
        "refunds", "id", "next_lookup_at",
        "lookups = lookups + 1, next_lookup_at = @now + least(power(2, least(lookups, 6)), 60) * interval '1 minute'", "status = 'pending' and");

    /// <summary>Each key of a payment is one refund.</summary>
    public const string OneKey = "refunds_key";

    private const string Columns = """
        id, payment_id, refund_key, amount, reason, direct, status, status_reason, requested_by, created_at
        """;

    public Task<Refund?> FindByKeyAsync(TenantConnection connection, Guid payment, string key, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from refunds where tenant_id = @tenant and payment_id = @payment and refund_key = @key";
        return connection.FindAsync<Refund>(sql, new { tenant = connection.Tenant, payment, key }, cancellationToken);
    }

    public async Task<Refund?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from refunds where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Refund>(sql, new { tenant, id }, cancellationToken);
    }

    public async Task<IReadOnlyList<Refund>> ListOfPaymentAsync(TenantId tenant, Guid payment, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from refunds where tenant_id = @tenant and payment_id = @payment order by id";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Refund>(sql, new { tenant, payment }, cancellationToken);
    }

    /// <summary>
    /// Sets the refund's money aside and writes the refund, in one statement: whatever runs at the same time waits for the payment's row, so all
    /// refunds together never exceed what was paid. Null when that much is not left.
    /// </summary>
    /// <param name="amount">All that is left when null.</param>
    public Task<Refund?> ReserveAsync(
        TenantTransaction transaction, Refund refund, decimal? amount, DateTimeOffset firstLookup, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with target as (
                select id, coalesce(@amount, amount - refunded_amount - refunding_amount) as part
                from payment_transactions
                where tenant_id = @tenant and id = @PaymentId and status = 'success' and surplus_handled_at is null
                  and amount - refunded_amount - refunding_amount > 0
                  and coalesce(@amount, 0) <= amount - refunded_amount - refunding_amount
                for update
            ), reserved as (
                update payment_transactions as payment
                set refunding_amount = payment.refunding_amount + target.part, version = version + 1, updated_at = @CreatedAt
                from target
                where payment.tenant_id = @tenant and payment.id = target.id
                returning target.part
            )
            insert into refunds (
                tenant_id, id, payment_id, refund_key, amount, reason, direct, requested_by, created_at, updated_at, next_lookup_at)
            select @tenant, @Id, @PaymentId, @RefundKey, part, @Reason, @Direct, @RequestedBy, @CreatedAt, @CreatedAt, @firstLookup
            from reserved
            returning {Columns}
            """;
        return transaction.FindAsync<Refund>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                refund.Id,
                refund.PaymentId,
                refund.RefundKey,
                amount,
                refund.Reason,
                refund.Direct,
                refund.RequestedBy,
                refund.CreatedAt,
                firstLookup,
            },
            cancellationToken);
    }

    /// <summary>
    /// Ends those of a payment's pending refunds that the provider's books show, and lets go of their money, in the transaction that adds it to
    /// what has gone back: it is never counted twice. Returns them.
    /// </summary>
    public Task<IReadOnlyList<FinishedRefund>> FinishKnownAsync(
        TenantTransaction transaction, Guid payment, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with done as (
                update refunds set status = 'success', updated_at = @now
                where tenant_id = @tenant and payment_id = @payment and status = 'pending' and refund_key = any(@keys)
                returning refund_key, amount
            ), released as (
                update payment_transactions
                set refunding_amount = refunding_amount - (select sum(amount) from done), version = version + 1, updated_at = @now
                where tenant_id = @tenant and id = @payment and exists (select from done)
            )
            select refund_key, amount from done
            """;
        return transaction.QueryAsync<FinishedRefund>(
            sql, new { tenant = transaction.Tenant, payment, keys = keys.ToArray(), now }, cancellationToken);
    }

    /// <summary>
    /// Ends a pending refund and lets go of its money, once. A success stands in what the payment has given back by then, beside all earlier ones;
    /// as long as it does not, its money is held. What the bank disputes counts nothing back any more and is not refunded again either.
    /// </summary>
    public async Task<bool> FinishAsync(
        TenantTransaction transaction, Guid id, RefundStatus status, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Taken first, so that what follows counts what others of this payment have ended by then.
        const string takeTurn = """
            select id from payment_transactions
            where tenant_id = @tenant and id = (select payment_id from refunds where tenant_id = @tenant and id = @id)
            for update
            """;
        const string sql = """
            with done as (
                update refunds as refund set status = @status, status_reason = @reason, updated_at = @now
                from payment_transactions as paid
                where refund.tenant_id = @tenant and refund.id = @id and refund.status = 'pending'
                  and paid.tenant_id = @tenant and paid.id = refund.payment_id
                  and (@status <> 'success'
                       or paid.provider_state not in ('capture', 'settlement', 'partialrefund', 'refund')
                       or paid.refunded_amount >= refund.amount + (
                           select coalesce(sum(earlier.amount), 0) from refunds as earlier
                           where earlier.tenant_id = @tenant and earlier.payment_id = paid.id and earlier.status = 'success'))
                returning refund.payment_id, refund.amount
            )
            update payment_transactions as payment
            set refunding_amount = payment.refunding_amount - done.amount, version = version + 1, updated_at = @now
            from done
            where payment.tenant_id = @tenant and payment.id = done.payment_id
            """;
        var word = status.ToString().ToLowerInvariant();
        await transaction.FindAsync<Guid?>(takeTurn, new { tenant = transaction.Tenant, id }, cancellationToken);
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id, status = word, reason, now }, cancellationToken) == 1;
    }

    /// <summary>Takes pending refunds whose lookup is due and sets their next one: 1, 2, 4 … at most 60 minutes later.</summary>
    public Task<IReadOnlyList<PaymentReference>> TakeDueAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Lookups.TakeAcrossTenantsAsync<PaymentReference>(database, now, limit, cancellationToken);
}
