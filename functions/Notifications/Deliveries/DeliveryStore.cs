using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>SQL of <c>notification_history</c> as senders and readers need it.</summary>
public sealed class DeliveryStore(Database database)
{
    // Longer than any provider call may take.
    private static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);

    // The broker's clock may be a little ahead of ours.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    private const string View = """
        id, notification_type as type, title, message, priority, channel, status, attempts, max_attempts, created_at, sent_at, error_message
        """;

    /// <summary>False when the same fact was told before.</summary>
    public async Task<bool> InsertAsync(TenantTransaction transaction, NewDelivery delivery, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into notification_history (tenant_id, id, user_id, notification_type, dedup_key, title, message, variables, priority,
                                              recipient_email, recipient_locale, created_at, available_at, expires_at)
            values (@tenant, @Id, @UserId, @Type, @DedupKey, @Title, @Text, @variables::jsonb, @priority,
                    @recipientEmail, @recipientLocale, @CreatedAt, @CreatedAt, @ExpiresAt)
            on conflict on constraint notification_history_told_once do nothing
            """;
        var inserted = await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                delivery.Id,
                delivery.Announcement.UserId,
                delivery.Announcement.Type,
                delivery.Announcement.DedupKey,
                delivery.Readable.Title,
                delivery.Readable.Text,
                variables = JsonSerializer.Serialize(delivery.Announcement.Values),
                priority = (int)delivery.Priority,
                recipientEmail = delivery.Announcement.Recipient?.Email,
                recipientLocale = delivery.Announcement.Recipient is null ? null : delivery.Locale,
                delivery.CreatedAt,
                delivery.ExpiresAt,
            },
            cancellationToken);
        return inserted == 1;
    }

    /// <summary>
    /// Takes a due notification for one sender, counting the attempt before it is made: a crash in the middle of it has used it up.
    /// Null when it is done, not due, or another sender is at work on it.
    /// </summary>
    public async Task<Delivery?> ClaimAsync(TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with claimed as (
                update notification_history
                set claimed_until = @until, attempts = attempts + 1
                where tenant_id = @tenant and id = @id and status in ('pending', 'retrying') and attempts < max_attempts
                    and available_at <= @latest and (claimed_until is null or claimed_until <= @now)
                returning tenant_id, id, user_id, notification_type, priority, variables, attempts, max_attempts, expires_at, recipient_email,
                    recipient_locale)
            select c.id, c.user_id, c.notification_type as type, c.priority as priority_level, c.variables::text, c.attempts, c.max_attempts,
                c.expires_at, p.user_id is not null as user_is_known, p.email, coalesce(c.recipient_locale, p.locale) as locale, p.active, p.notification_types::text,
                p.telegram_chat_id, p.bot_assignment, c.recipient_email
            from claimed c
            left join user_notification_preferences p on p.tenant_id = c.tenant_id and p.user_id = c.user_id
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Delivery>(sql, new { tenant, id, now, until = now + ClaimTime, latest = now + ClockSkew }, cancellationToken);
    }

    /// <summary>Keeps what was really sent, in the words it was sent with.</summary>
    public async Task MarkSentAsync(
        TenantId tenant, Guid id, string channel, string providerMessageId, Rendered sent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'sent', sent_at = @now, channel = @channel, provider_message_id = @providerMessageId, title = @Title, message = @Text,
                claimed_until = null, error_message = null
            where tenant_id = @tenant and id = @id and status in ('pending', 'retrying')
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, id, channel, providerMessageId, sent.Title, sent.Text, now }, cancellationToken);
    }

    public Task MarkRetryingAsync(
        TenantTransaction transaction, Guid id, DateTimeOffset availableAt, bool counts, string reason, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'retrying', available_at = @availableAt, attempts = attempts - @givenBack, claimed_until = null, error_message = @reason
            where tenant_id = @tenant and id = @id and status in ('pending', 'retrying')
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id, availableAt, givenBack = counts ? 0 : 1, reason }, cancellationToken);
    }

    public Task MarkFailedAsync(TenantTransaction transaction, Guid id, string reason, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'failed', claimed_until = null, error_message = @reason
            where tenant_id = @tenant and id = @id and status in ('pending', 'retrying')
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, reason }, cancellationToken);
    }

    /// <summary>Empties what a user was told; what still waits is given up.</summary>
    public Task ForgetAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set title = '', message = '', variables = '{}', recipient_email = null, claimed_until = null,
                error_message = case when status in ('pending', 'retrying') then 'The account was deleted.' end,
                status = case when status in ('pending', 'retrying') then 'failed' else status end
            where tenant_id = @tenant and user_id = @user
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user }, cancellationToken);
    }

    public async Task<IReadOnlyList<DeliveryView>> ListOfUserAsync(TenantId tenant, Guid user, PageRequest page, CancellationToken cancellationToken)
    {
        const string all = $"select {View} from notification_history where tenant_id = @tenant and user_id = @user order by id desc limit @Fetch";
        const string older =
            $"select {View} from notification_history where tenant_id = @tenant and user_id = @user and id < @Before order by id desc limit @Fetch";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<DeliveryView>(
            page.Before is null ? all : older, new { tenant, user, page.Before, page.Fetch }, cancellationToken);
    }

    /// <param name="owner">Whose it must be; null for anybody's.</param>
    public async Task<DeliveryView?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string anybodys = $"select {View} from notification_history where tenant_id = @tenant and id = @id";
        const string own = $"{anybodys} and user_id = @owner";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<DeliveryView>(owner is null ? anybodys : own, new { tenant, id, owner }, cancellationToken);
    }
}
