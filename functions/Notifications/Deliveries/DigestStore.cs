using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed record DigestItem(string Title, string Message);

/// <summary>What a digest tells: its first items, and how many there are in all.</summary>
public sealed record DigestItems(IReadOnlyList<DigestItem> First, int Count)
{
    public static readonly DigestItems None = new([], 0);
}

/// <summary>SQL of the notifications that are told together in one digest.</summary>
public sealed class DigestStore
{
    // More of a text than a line of a digest shows.
    private const int LongestText = 400;

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
    public Task DropAsync(TenantTransaction transaction, Guid digest, string[] unwanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = case when expires_at <= @now then 'failed' else 'suppressed' end,
                reason_code = case when expires_at <= @now then @expired else @muted end,
                error_message = case when expires_at <= @now then 'It was not sent in time.' else 'The user does not want notifications of this kind.' end
            where tenant_id = @tenant and digest_id = @digest and status in ('pending', 'retrying')
                and (expires_at <= @now or notification_type = any(@unwanted))
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, digest, unwanted, now, expired = Reasons.Expired, muted = Reasons.Muted }, cancellationToken);
    }

    /// <summary>Lets go what is held of these kinds; returns it, as it needs messages of its own.</summary>
    public Task<IReadOnlyList<Guid>> ReleaseAsync(
        TenantTransaction transaction, Guid digest, string[] kinds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set digest_id = null, available_at = @now
            where tenant_id = @tenant and digest_id = @digest and status in ('pending', 'retrying') and notification_type = any(@kinds)
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, digest, kinds, now }, cancellationToken);
    }

    public async Task<DigestItems> ListAsync(TenantTransaction transaction, Guid digest, CancellationToken cancellationToken)
    {
        const string sql = """
            select left(title, @longest), left(message, @longest), count(*) over ()
            from notification_history
            where tenant_id = @tenant and digest_id = @digest and status in ('pending', 'retrying')
            order by id
            limit @shown
            """;
        var rows = await transaction.QueryAsync<(string Title, string Message, long Count)>(
            sql, new { tenant = transaction.Tenant, digest, longest = LongestText, shown = DigestText.MostShown }, cancellationToken);
        return rows.Count == 0 ? DigestItems.None : new([.. rows.Select(row => new DigestItem(row.Title, row.Message))], (int)rows[0].Count);
    }
}
