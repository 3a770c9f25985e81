using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>SQL of <c>notification_history</c> as those need it who write notifications and who read them.</summary>
public sealed class DeliveryStore(Database database)
{
    private static readonly TimeSpan RevivedLife = TimeSpan.FromDays(1);

    private const string View = """
        id, user_id, notification_type as type, title, message, priority, channel, bot, status, attempts, max_attempts, created_at, scheduled_for,
            expires_at, sent_at, status = 'sent' and unknown_calls > 0 as possible_duplicate, template_version, reason_code, error_message
        """;

    /// <summary>Writes notifications and returns which are new; the same fact told before is left out.</summary>
    public async Task<IReadOnlyList<Guid>> InsertAsync(TenantTransaction transaction, NewDeliveries deliveries, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into notification_history (tenant_id, id, user_id, notification_type, dedup_key, title, message, variables, priority,
                                              recipient_email, recipient_locale, created_at, available_at, scheduled_for, expires_at)
            select @tenant, n.id, n.user_id, @type, n.dedup_key,
                case when coalesce(p.locale, @recipientLocale) like 'id%' then @titleId else @titleEn end,
                case when coalesce(p.locale, @recipientLocale) like 'id%' then @textId else @textEn end,
                @variables::jsonb, @priority, @recipientEmail, case when @recipientEmail::text is not null then coalesce(p.locale, @recipientLocale) end,
                @CreatedAt, @AvailableAt, case when @AvailableAt > @CreatedAt then @AvailableAt end, @ExpiresAt
            from unnest(@ids, @users, @keys) as n (id, user_id, dedup_key)
            left join user_notification_preferences p on p.tenant_id = @tenant and p.user_id = n.user_id
            on conflict on constraint notification_history_told_once do nothing
            returning id
            """;
        return await transaction.QueryAsync<Guid>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                type = deliveries.Type.Name,
                titleEn = deliveries.Readable[Locales.English].Title,
                textEn = deliveries.Readable[Locales.English].Text,
                titleId = deliveries.Readable[Locales.Indonesian].Title,
                textId = deliveries.Readable[Locales.Indonesian].Text,
                variables = JsonSerializer.Serialize(deliveries.Values),
                priority = (int)deliveries.Priority,
                recipientEmail = deliveries.Recipient?.Email,
                recipientLocale = deliveries.Recipient?.Locale,
                deliveries.CreatedAt,
                deliveries.AvailableAt,
                deliveries.ExpiresAt,
                ids = deliveries.Items.Select(item => item.Id).ToArray(),
                users = deliveries.Items.Select(item => item.UserId).ToArray(),
                keys = deliveries.Items.Select(item => item.DedupKey).ToArray(),
            },
            cancellationToken);
    }

    /// <summary>Whether the user was told something whose key begins so.</summary>
    public Task<bool> WasToldAsync(TenantTransaction transaction, Guid user, string keys, CancellationToken cancellationToken) =>
        transaction.FindAsync<bool>(
            "select exists (select from notification_history where tenant_id = @tenant and user_id = @user and starts_with(dedup_key, @keys))",
            new { tenant = transaction.Tenant, user, keys },
            cancellationToken);

    /// <summary>The notifications that were written before under these keys.</summary>
    public async Task<IReadOnlyList<NewDelivery>> ListByKeysAsync(TenantTransaction transaction, string[] keys, CancellationToken cancellationToken) =>
        await transaction.QueryAsync<NewDelivery>(
            "select id, user_id, dedup_key from notification_history where tenant_id = @tenant and dedup_key = any(@keys)",
            new { tenant = transaction.Tenant, keys },
            cancellationToken);

    /// <summary>Ends in one go what waits for a chat that was closed and has no other way to its user. What is being sent finds out for itself.</summary>
    public Task SuppressUnreachableAsync(
        TenantTransaction transaction, Guid user, string[] chatOnly, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'suppressed', reason_code = @code, error_message = @reason
            where tenant_id = @tenant and user_id = @user and status in ('pending', 'retrying') and (claimed_until is null or claimed_until <= @now)
                and recipient_email is null
                and not exists (select from telegram_links where tenant_id = @tenant and user_id = @user and status = 'active')
                and (notification_type = any(@chatOnly) or not exists (
                    select from user_notification_preferences where tenant_id = @tenant and user_id = @user and email is not null))
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, user, chatOnly, code = Reasons.ChatClosed, reason, now }, cancellationToken);
    }

    /// <summary>Empties what a user was told; what still waits is given up.</summary>
    public Task ForgetAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_attempts a
            set reason = null
            from notification_history h
            where h.tenant_id = @tenant and h.user_id = @user and a.tenant_id = @tenant and a.notification_id = h.id;
            update notification_history
            set title = '', message = '', variables = '{}', recipient_email = null, claimed_until = null, calling = false, reason_code = @code,
                error_message = case when status in ('pending', 'retrying') then 'The account was deleted.' end,
                status = case when status in ('pending', 'retrying') then 'failed' else status end
            where tenant_id = @tenant and user_id = @user;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, code = Reasons.Forgotten }, cancellationToken);
    }

    /// <summary>Calls off what is scheduled and has not begun; false when it is too late or there is none.</summary>
    public async Task<bool> CancelAsync(TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'cancelled', reason_code = @code, error_message = 'It was cancelled.'
            where tenant_id = @tenant and id = @id and status = 'pending' and attempts = 0 and scheduled_for > @now
                and (claimed_until is null or claimed_until <= @now) and notification_type <> @digest
            """;
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(
            sql, new { tenant, id, now, code = Reasons.Cancelled, digest = TemplateCatalog.Digest }, cancellationToken) == 1;
    }

    /// <summary>
    /// Starts ended notifications anew, each with a day before it; returns those that could be. A digest takes along what it would have told.
    /// </summary>
    public async Task<IReadOnlyList<(Guid Id, int Priority)>> ReviveAsync(
        TenantTransaction transaction, Guid[] ids, string[] statuses, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with ended as (
                select id, user_id, notification_type, reason_code
                from notification_history
                where tenant_id = @tenant and id = any(@ids) and status = any(@statuses) and reason_code is distinct from @forgotten
                for update),
            revived as (
                update notification_history h
                set status = 'retrying', attempts = 0, calling = false, skipped_channels = '{}', digest_id = null, available_at = @now,
                    scheduled_for = null, expires_at = greatest(h.expires_at, @until), reason_code = null, error_message = null
                from ended
                where h.tenant_id = @tenant and h.id = ended.id
                returning h.id, h.priority),
            told_again as (
                -- what the digest took with it, or the closing of its chat
                update notification_history item
                set status = 'pending', expires_at = greatest(item.expires_at, @until), reason_code = null, error_message = null
                from ended
                where ended.notification_type = @digest and item.tenant_id = @tenant and item.user_id = ended.user_id and item.digest_id = ended.id
                    and item.id <> all(@ids) and item.status in ('failed', 'suppressed')
                    and (item.reason_code is not distinct from ended.reason_code or (ended.reason_code = @gone and item.reason_code = @closed)))
            select id, priority from revived
            """;
        return await transaction.QueryAsync<(Guid, int)>(
            sql,
            new
            {
                tenant = transaction.Tenant, ids, statuses, now, until = now + RevivedLife, digest = TemplateCatalog.Digest,
                forgotten = Reasons.Forgotten, gone = Reasons.RecipientGone, closed = Reasons.ChatClosed,
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<DeliveryView>> ListAsync(
        TenantId tenant, Guid? user, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"select {View} from notification_history where tenant_id = @tenant"
            + (user is null ? "" : " and user_id = @user")
            + (status is null ? "" : " and status = @status")
            + (page.Before is null ? "" : " and id < @Before")
            + " order by id desc limit @Fetch";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<DeliveryView>(
            sql, new { tenant, user, status = status?.ToString().ToLowerInvariant(), page.Before, page.Fetch }, cancellationToken);
    }

    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The notification.</param>
    /// <param name="owner">Whose it must be; null for anybody's.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<DeliveryDetails?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string anybodys = $"select {View} from notification_history where tenant_id = @tenant and id = @id";
        const string own = $"{anybodys} and user_id = @owner";
        const string calls = """
            select at, channel, bot, outcome, counted, reason from notification_attempts
            where tenant_id = @tenant and notification_id = @id order by at, id
            """;
        await using var connection = database.Open(tenant);
        if (await connection.FindAsync<DeliveryView>(owner is null ? anybodys : own, new { tenant, id, owner }, cancellationToken) is not { } found)
            return null;
        return new DeliveryDetails(found, await connection.QueryAsync<AttemptView>(calls, new { tenant, id }, cancellationToken));
    }
}
