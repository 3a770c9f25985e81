using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>A notice as it was stored.</summary>
/// <param name="Outcome">What came of the same content before, or null when nothing has come of it yet.</param>
public sealed record StoredNotice(TenantId Tenant, byte[] ContentHash, Guid PaymentId, string Body, string? Outcome, int TimesReceived)
{
    public NoticeOutcome? Known => Outcome is null ? null : Enum.Parse<NoticeOutcome>(Outcome, ignoreCase: true);
}

/// <summary>SQL of <c>midtrans_notices</c>: notifications as they came, each content once.</summary>
public sealed class NoticeStore(Database database)
{
    /// <summary>
    /// Keeps a notice for the payment of that order in one statement; null when there is none. A notification names nothing but the order, so this
    /// looks across tenants, yet only among the payments of the account that signed it.
    /// </summary>
    /// <param name="account">The merchant account, null for the platform's.</param>
    public async Task<StoredNotice?> KeepAcrossTenantsAsync(
        TenantId? tenant, Guid? account, byte[] hash, MidtransNotice notice, string body, DateTimeOffset now, DateTimeOffset nextTry,
        CancellationToken cancellationToken)
    {
        var sql = $"""
            insert into midtrans_notices as known (
                tenant_id, content_hash, payment_id, order_id, transaction_status, body, received_at, next_try_at)
            select tenant_id, @hash, id, order_id, @TransactionStatus, @body, @now, @nextTry
            from payment_transactions
            where order_id = @OrderId and merchant_account_id is not distinct from @account
            {(tenant is null ? "" : "and tenant_id = @tenant")}
            on conflict (tenant_id, content_hash) do update set times_received = known.times_received + 1
            returning tenant_id as tenant, content_hash, payment_id, '' as body, outcome, times_received
            """;
        await using var connection = database.OpenAcrossTenants();
        return await connection.QuerySingleOrDefaultAsync<StoredNotice>(new CommandDefinition(
            sql, new { tenant = tenant?.Value, account, hash, notice.OrderId, notice.TransactionStatus, body, now, nextTry },
            cancellationToken: cancellationToken));
    }

    /// <summary>Takes stored notices of which nothing has come yet and sets their next try: 5, 10, 20 … at most 300 seconds later.</summary>
    public async Task<IReadOnlyList<StoredNotice>> TakeDueAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            update midtrans_notices
            set attempts = attempts + 1, next_try_at = @now + least(5 * power(2, least(attempts, 6)), 300) * interval '1 second'
            where (tenant_id, content_hash) in (
                select tenant_id, content_hash from midtrans_notices
                where processed_at is null and next_try_at <= @now
                order by next_try_at
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, content_hash, payment_id, body, outcome, times_received
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { now, limit }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<StoredNotice>(command)).AsList();
    }

    /// <summary>Nothing could come of it now: the relay tries again.</summary>
    public async Task PostponeAsync(TenantId tenant, byte[] hash, DateTimeOffset nextTry, CancellationToken cancellationToken)
    {
        const string sql = """
            update midtrans_notices set next_try_at = @nextTry where tenant_id = @tenant and content_hash = @hash and processed_at is null
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, hash, nextTry }, cancellationToken);
    }

    public async Task FinishAsync(
        TenantId tenant, byte[] hash, NoticeOutcome outcome, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update midtrans_notices set processed_at = @now, outcome = @outcome
            where tenant_id = @tenant and content_hash = @hash and outcome is distinct from 'applied'
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, hash, outcome = outcome.ToString().ToLowerInvariant(), now }, cancellationToken);
    }
}
