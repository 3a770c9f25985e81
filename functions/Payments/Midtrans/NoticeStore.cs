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

/// <summary>A verified notice on its way into the store.</summary>
public sealed record NewNotice(byte[] ContentHash, string OrderId, string TransactionStatus, string Body, DateTimeOffset NextTry);

/// <summary>SQL of <c>midtrans_notices</c>: notifications as they came, each content once.</summary>
public sealed class NoticeStore(Database database)
{
    private const string NotBelieved = "known.processed_at is not null and known.outcome in ('disagreed', 'wrongmoney')";

    /// <summary>
    /// Keeps notices for the payments of their orders in one statement; null where there is none. A notification names nothing but the order, so
    /// this looks across tenants, yet only among the payments of the account that signed it. What was not believed and is sent again waits anew.
    /// </summary>
    /// <param name="tenant">Whose address they were sent to, when it names one.</param>
    /// <param name="account">The merchant account that signed them, null for the platform's.</param>
    public async Task<IReadOnlyList<StoredNotice?>> KeepAcrossTenantsAsync(
        TenantId? tenant, Guid? account, IReadOnlyList<NewNotice> notices, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sql = $"""
            insert into midtrans_notices as known (
                tenant_id, content_hash, payment_id, order_id, transaction_status, body, received_at, next_try_at, times_received)
            select p.tenant_id, n.hash, p.id, n.order_id, n.status, n.body, @now, n.next_try, n.times
            from unnest(@hashes, @orders, @statuses, @bodies, @nextTries, @times) as n(hash, order_id, status, body, next_try, times)
            join payment_transactions p on p.order_id = n.order_id and p.merchant_account_id is not distinct from @account
            {(tenant is null ? "" : "where p.tenant_id = @tenant")}
            order by p.tenant_id, n.hash
            on conflict (tenant_id, content_hash) do update
            set times_received = known.times_received + excluded.times_received,
                processed_at = case when {NotBelieved} then null else known.processed_at end,
                next_try_at = case when {NotBelieved} then excluded.next_try_at else known.next_try_at end,
                rechecks = case when {NotBelieved} then 0 else known.rechecks end
            returning tenant_id as tenant, content_hash, payment_id, '' as body, outcome, times_received
            """;
        // The same content may have been brought by several at once: it is one row, and each of them is one more time.
        var contents = notices.GroupBy(notice => Convert.ToHexString(notice.ContentHash)).ToDictionary(same => same.Key, same => same.ToList());
        var unique = contents.Values.Select(same => same[0]).ToList();
        await using var connection = database.OpenAcrossTenants();
        var rows = await connection.QueryAsync<StoredNotice>(new CommandDefinition(
            sql,
            new
            {
                tenant = tenant?.Value,
                account,
                now,
                hashes = unique.ConvertAll(notice => notice.ContentHash),
                orders = unique.ConvertAll(notice => notice.OrderId),
                statuses = unique.ConvertAll(notice => notice.TransactionStatus),
                bodies = unique.ConvertAll(notice => notice.Body),
                nextTries = unique.ConvertAll(notice => notice.NextTry.UtcDateTime),
                times = contents.Values.Select(same => same.Count).ToList(),
            },
            cancellationToken: cancellationToken));
        var stored = rows.ToDictionary(row => Convert.ToHexString(row.ContentHash));
        return [.. notices.Select(Result)];

        StoredNotice? Result(NewNotice notice)
        {
            var content = Convert.ToHexString(notice.ContentHash);
            var later = contents[content].Count - 1 - contents[content].FindIndex(other => ReferenceEquals(other, notice));
            return stored.TryGetValue(content, out var row) ? row with { TimesReceived = row.TimesReceived - later } : null;
        }
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

    /// <summary>Asks about it again 2 minutes, then 10, then an hour later; false when that was done.</summary>
    public async Task<bool> RecheckAsync(TenantId tenant, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update midtrans_notices
            set rechecks = rechecks + 1, next_try_at = @now + (array[2, 10, 60])[rechecks + 1] * interval '1 minute'
            where tenant_id = @tenant and content_hash = @hash and processed_at is null and rechecks < 3
            """;
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(sql, new { tenant, hash, now }, cancellationToken) == 1;
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
