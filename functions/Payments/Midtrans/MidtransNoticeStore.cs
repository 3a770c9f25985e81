using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>SQL of <c>midtrans_notices</c>: notifications as they came, each content once.</summary>
public sealed class MidtransNoticeStore(Database database)
{
    /// <summary>Keeps a notice; returns what came of the same content before, or null when it has not been processed to an end.</summary>
    public async Task<NoticeOutcome?> KeepAsync(
        TenantId tenant, byte[] hash, MidtransNotice notice, string body, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into midtrans_notices as known (tenant_id, content_hash, order_id, transaction_status, body, received_at)
            values (@tenant, @hash, @OrderId, @TransactionStatus, @body, @now)
            on conflict (tenant_id, content_hash) do update set times_received = known.times_received + 1
            returning outcome
            """;
        await using var connection = database.Open(tenant);
        var outcome = await connection.FindAsync<string?>(
            sql, new { tenant, hash, notice.OrderId, notice.TransactionStatus, body, now }, cancellationToken);
        return outcome is null ? null : Enum.Parse<NoticeOutcome>(outcome, ignoreCase: true);
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
