using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>SQL of <c>notification_history</c> as senders need it: who works on a row, and what became of it.</summary>
public sealed class ClaimStore(Database database)
{
    // Longer than the line of a bot and a provider's call together.
    private static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);

    // The broker's clock may be a little ahead of ours.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    private const string Row = """
        h.tenant_id, h.id, h.user_id, h.notification_type, h.priority, h.variables, h.attempts, h.max_attempts, h.unknown_calls,
            coalesce(h.scheduled_for, h.created_at) as since, h.expires_at, h.skipped_channels, h.recipient_email, h.recipient_locale, h.claim_id
        """;

    // The rows that a sender has claimed, each with its user as he is at this moment.
    private const string Known = """
        select c.id, c.user_id, c.notification_type as type, c.priority as priority_level, c.variables::text, c.attempts, c.max_attempts,
            c.unknown_calls, c.was_broken_off, c.since, c.expires_at, array_to_string(c.skipped_channels, ',') as skipped_channels,
            c.recipient_email, p.introduced_at is not null or l.bot is not null as user_is_known, p.email,
            coalesce(c.recipient_locale, p.locale) as locale, p.active, p.notification_types::text, p.channel_switches::text, p.time_zone,
            to_char(p.quiet_from, 'HH24:MI') as quiet_from, to_char(p.quiet_to, 'HH24:MI') as quiet_to, p.digest,
            to_char(p.digest_at, 'HH24:MI') as digest_at, p.bot_assignment, l.bot, l.chat_id,
            coalesce(l.has_other_chat, false) as has_other_chat, c.claim_id
        from claimed c
        left join user_notification_preferences p on p.tenant_id = c.tenant_id and p.user_id = c.user_id
        left join lateral (
            select bot, chat_id, count(*) over () > 1 as has_other_chat from telegram_links
            where tenant_id = c.tenant_id and user_id = c.user_id and status = 'active'
            order by bot = p.bot_assignment desc, linked_at desc
            limit 1) l on true
        """;

    /// <summary>
    /// Takes due notifications for one sender, counting the attempt before it is made: a crash in the middle of it has used it up. Left out is
    /// what is done, not due, held for a digest, or in the hands of another sender.
    /// </summary>
    public async Task<IReadOnlyList<Delivery>> ClaimAsync(
        TenantId tenant, Guid[] ids, Guid claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Whether it is held is asked afterwards: asked at once, the planner may look through all that waits for the few whose keys are given.
        const string sql = $"""
            with due as (
                select id, calling, digest_id
                from notification_history
                where tenant_id = @tenant and id = any(@ids) and status in ('pending', 'retrying') and attempts < max_attempts
                    and available_at <= @latest and (claimed_until is null or claimed_until <= @now)
                for update skip locked),
            claimed as (
                update notification_history h
                set claimed_until = @until, claim_id = @claim, calling = true, attempts = attempts + 1, unknown_calls = unknown_calls + due.calling::int
                from due
                where h.tenant_id = @tenant and h.id = due.id and due.digest_id is null
                returning {Row}, due.calling as was_broken_off),
            broken_off as (
                insert into notification_attempts (tenant_id, notification_id, id, at, channel, outcome, counted, reason)
                select @tenant, id, gen_random_uuid(), @now, 'unknown', 'BrokenOff', true, @senderDied
                from claimed where was_broken_off)
            {Known}
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Delivery>(
            sql, new { tenant, ids, claim, now, until = now + ClaimTime, latest = now + ClockSkew, senderDied = Reasons.SenderDied }, cancellationToken);
    }

    /// <summary>
    /// Undoes a claim whose answer got lost, if it was done at all: its sender calls nobody. What it took over from a sender that had died stays, and
    /// is taken over once more when its minute is over.
    /// </summary>
    public async Task UnclaimAsync(TenantId tenant, Guid[] ids, Guid claim, DateTimeOffset claimedAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history h
            set claimed_until = null, claim_id = null, calling = false, attempts = h.attempts - 1
            where h.tenant_id = @tenant and h.id = any(@ids) and h.claim_id = @claim and h.calling
                and not exists (
                    select from notification_attempts a
                    where a.tenant_id = @tenant and a.notification_id = h.id and a.outcome = 'BrokenOff' and a.at = @claimedAt)
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, ids, claim, claimedAt }, cancellationToken);
    }

    /// <summary>
    /// Says before a wait that no call is being made. False when the notification is not the sender's any more: it was cancelled or suppressed.
    /// </summary>
    public async Task<bool> SetWaitingAsync(TenantId tenant, Delivery delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set calling = false, attempts = attempts - 1, claimed_until = @until
            where tenant_id = @tenant and id = @Id and claim_id = @ClaimId and status in ('pending', 'retrying') and calling and claimed_until > @now
            """;
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(
            sql, new { tenant, delivery.Id, delivery.ClaimId, now, until = now + ClaimTime }, cancellationToken) == 1;
    }

    /// <summary>
    /// Says after a wait that a call is about to be made, and reads what may have changed meanwhile. Null when the notification is not the
    /// sender's any more, or the wait took longer than the claim.
    /// </summary>
    public async Task<Delivery?> SetCallingAsync(TenantId tenant, Delivery delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with claimed as (
                update notification_history h
                set calling = true, attempts = h.attempts + 1, claimed_until = @until
                where h.tenant_id = @tenant and h.id = @Id and h.claim_id = @ClaimId and h.status in ('pending', 'retrying') and not h.calling
                    and h.claimed_until > @now
                returning {Row}, @WasBrokenOff as was_broken_off)
            {Known}
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Delivery>(
            sql, new { tenant, delivery.Id, delivery.ClaimId, delivery.WasBrokenOff, now, until = now + ClaimTime }, cancellationToken);
    }

    /// <summary>
    /// Keeps what was really sent, in the words it was sent with; with a digest, that its items are told. What has arrived has arrived, whoever
    /// holds the claim by now, and also when it was given up meanwhile because nobody knew.
    /// </summary>
    public async Task MarkSentAsync(TenantId tenant, IReadOnlyList<SentDelivery> sent, CancellationToken cancellationToken)
    {
        const string given = """
            with sent as (
                select * from unnest(@ids, @calls, @channels, @bots, @providerIds, @titles, @texts, @versions, @times)
                    as s (id, call, channel, bot, provider_message_id, title, message, template_version, at)),
            marked as (
                update notification_history h
                set status = 'sent', sent_at = s.at, channel = s.channel, bot = s.bot, provider_message_id = s.provider_message_id, title = s.title,
                    message = s.message, template_version = s.template_version, claimed_until = null, calling = false, error_message = null, reason_code = null
                from sent s
                where h.tenant_id = @tenant and h.id = s.id
                    and (h.status in ('pending', 'retrying') or (h.status = 'failed' and h.reason_code = any(@inDoubt))))
            """;
        const string tell = """
                update notification_history h
                set status = 'sent', sent_at = s.at, channel = s.channel, bot = s.bot, error_message = null, reason_code = null
                from sent s
                where h.tenant_id = @tenant and h.digest_id = s.id and h.digest_id = any(@digests)
            """;
        // Apart from each other, so that each finds its rows in an index of its own; most calls have no digest and look for none.
        const string told = $"""
            , told as ({tell} and h.status in ('pending', 'retrying')),
            told_after_all as ({tell} and h.status = 'failed' and h.reason_code = any(@inDoubt))
            """;
        const string noted = """
            insert into notification_attempts (tenant_id, notification_id, id, at, channel, bot, outcome, counted)
            select @tenant, id, call, at, channel, bot, 'Sent', true from sent
            on conflict do nothing
            """;
        var digests = sent.Where(one => one.IsDigest).Select(one => one.Id).ToArray();
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            digests.Length > 0 ? $"{given}\n{told}\n{noted}" : $"{given}\n{noted}",
            new
            {
                tenant,
                digests,
                ids = sent.Select(one => one.Id).ToArray(),
                calls = sent.Select(one => one.Call).ToArray(),
                channels = sent.Select(one => one.Channel.Name).ToArray(),
                bots = sent.Select(one => (one.Channel as Channel.Telegram)?.Bot).ToArray(),
                providerIds = sent.Select(one => one.ProviderMessageId).ToArray(),
                titles = sent.Select(one => one.Text.Title).ToArray(),
                texts = sent.Select(one => one.Text.Text).ToArray(),
                versions = sent.Select(one => one.TemplateVersion).ToArray(),
                times = sent.Select(one => one.At.UtcDateTime).ToArray(),
                inDoubt = Reasons.InDoubt,
            },
            cancellationToken);
    }

    /// <summary>
    /// Puts a notification back for later; an attempt that was counted for a call is given back unless the call counts. False when it is not the
    /// sender's any more.
    /// </summary>
    /// <param name="transaction">The transaction that also sends its message.</param>
    /// <param name="delivery">The notification as it was claimed.</param>
    /// <param name="again">When, why, and whether the call counts.</param>
    /// <param name="isUnknown">Whether the call ended without an answer.</param>
    /// <param name="skip">A channel that turned out to lead nowhere.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<bool> MarkRetryingAsync(
        TenantTransaction transaction, Delivery delivery, NextStep.Again again, bool isUnknown, string? skip, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = 'retrying', available_at = @At, attempts = attempts - case when @Counts then 0 else calling::int end, unknown_calls = unknown_calls + @unknown, calling = false,
                claimed_until = null, claim_id = null, error_message = @Reason,
                skipped_channels = case when @skip::text is null then skipped_channels else array_append(skipped_channels, @skip) end
            where tenant_id = @tenant and id = @Id and claim_id = @ClaimId and status in ('pending', 'retrying')
            """;
        return await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant, delivery.Id, delivery.ClaimId, again.At, again.Counts, unknown = isUnknown ? 1 : 0, again.Reason, skip,
            },
            cancellationToken) == 1;
    }

    /// <summary>
    /// Ends a notification, and with a digest what it would have told, unless it is not the sender's any more; an attempt that was counted for a
    /// call is given back unless the call counts.
    /// </summary>
    public Task MarkEndedAsync(
        TenantTransaction transaction, Delivery delivery, DeliveryStatus status, NextStep.GivenUp end, CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history
            set status = @status, reason_code = @Code, error_message = @Reason, attempts = attempts - case when @Counts then 0 else calling::int end,
                calling = false, claimed_until = null
            where tenant_id = @tenant and (id = @Id or digest_id = @Id) and status in ('pending', 'retrying')
                and exists (select from notification_history mine where mine.tenant_id = @tenant and mine.id = @Id and mine.claim_id = @ClaimId)
            """;
        return transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, delivery.Id, delivery.ClaimId, status = status.ToString().ToLowerInvariant(), end.Code, end.Reason, end.Counts },
            cancellationToken);
    }

    public Task NoteCallAsync(
        TenantTransaction transaction, Guid id, Guid call, Channel channel, string outcome, bool counted, string? reason, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into notification_attempts (tenant_id, notification_id, id, at, channel, bot, outcome, counted, reason)
            values (@tenant, @id, @call, @now, @channel, @bot, @outcome, @counted, @reason)
            on conflict do nothing
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant, id, call, now, channel = channel.Name, bot = (channel as Channel.Telegram)?.Bot,
                outcome, counted, reason,
            },
            cancellationToken);
    }
}

/// <summary>What a provider has taken.</summary>
public sealed record SentDelivery(
    Guid Id, bool IsDigest, Guid Call, Channel Channel, string ProviderMessageId, Rendered Text, string TemplateVersion, DateTimeOffset At);
