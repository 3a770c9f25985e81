using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed record DigestItem(Guid Id, string Title, string Message);

/// <summary>SQL of the notifications that are told together in one digest.</summary>
public sealed class DigestStore(Database database)
{
    /// <summary>Holds a notification for the digest of that key; false when that one is on its way or over.</summary>
    public async Task<bool> HoldAsync(TenantTransaction transaction, Delivery delivery, string digestKey, CancellationToken cancellationToken)
    {
        // The lock on the digest's row keeps its sender from reading the list while an item is being added to it.
        const string sql = """
            with digest as (
                select id from notification_history
                where tenant_id = @tenant and dedup_key = @digestKey and status in ('pending', 'retrying') and claimed_until is null
                for update)
            update notification_history h
            set digest_id = digest.id, status = 'pending', attempts = h.attempts - h.calling::int, calling = false, claimed_until = null, claim_id = null,
                error_message = null
            from digest
            where h.tenant_id = @tenant and h.id = @Id and h.claim_id = @ClaimId and h.status in ('pending', 'retrying')
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, delivery.Id, delivery.ClaimId, digestKey }, cancellationToken) == 1;
    }

    /// <summary>Ends what a digest must not tell any more: what has expired since it was held, and kinds that its user does not want by now.</summary>
    public async Task DropAsync(TenantId tenant, Guid digest, string[] unwanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = case when expires_at <= @now then 'failed' else 'suppressed' end,
                reason_code = case when expires_at <= @now then @expired else @muted end,
                error_message = case when expires_at <= @now then 'It was not sent in time.' else 'The user does not want notifications of this kind.' end
            where tenant_id = @tenant and digest_id = @digest and status in ('pending', 'retrying')
                and (expires_at <= @now or notification_type = any(@unwanted))
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql, new { tenant, digest, unwanted, now, expired = Reasons.Expired, muted = Reasons.Muted }, cancellationToken);
    }

    public async Task<IReadOnlyList<DigestItem>> ListAsync(TenantId tenant, Guid digest, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, title, message from notification_history
            where tenant_id = @tenant and digest_id = @digest and status in ('pending', 'retrying')
            order by id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<DigestItem>(sql, new { tenant, digest }, cancellationToken);
    }
}
