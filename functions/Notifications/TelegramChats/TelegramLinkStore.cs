using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>SQL of <c>telegram_links</c>.</summary>
public sealed class TelegramLinkStore(Database database)
{
    public async Task<IReadOnlyList<TelegramLink>> ListActiveAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await ListActiveAsync(connection, user, cancellationToken);
    }

    public Task<IReadOnlyList<TelegramLink>> ListActiveAsync(TenantConnection connection, Guid user, CancellationToken cancellationToken) =>
        connection.QueryAsync<TelegramLink>(
            "select bot, chat_id, linked_at from telegram_links where tenant_id = @tenant and user_id = @user and status = 'active'",
            new { tenant = connection.Tenant, user },
            cancellationToken);

    /// <summary>False when the chat was closed by something newer that was heard before: it stays so.</summary>
    public Task<bool> LinkAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, UpdateMoment told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with linked as (
                insert into telegram_links as l (tenant_id, user_id, bot, chat_id, linked_at, updated_at, told_at, told_by)
                values (@tenant, @user, @bot, @chat, @now, @now, @At, @Update)
                on conflict (tenant_id, user_id, bot) do update
                set chat_id = excluded.chat_id, status = 'active', linked_at = excluded.linked_at, updated_at = excluded.updated_at,
                    told_at = case when l.chat_id = excluded.chat_id then greatest(l.told_at, excluded.told_at) else excluded.told_at end,
                    told_by = case when l.chat_id = excluded.chat_id and (l.told_at, l.told_by) > (excluded.told_at, excluded.told_by) then l.told_by
                        else excluded.told_by end
                where l.status = 'active' or l.chat_id <> excluded.chat_id or l.told_at is null
                    or (l.told_at, l.told_by) <= (excluded.told_at, excluded.told_by)
                returning chat_id),
            preferred as (
                insert into user_notification_preferences (tenant_id, id, user_id, telegram_chat_id, introduced_at, created_at, updated_at)
                select @tenant, @id, @user, chat_id, null, @now, @now from linked
                on conflict (user_id, tenant_id) do update
                set telegram_chat_id = excluded.telegram_chat_id, updated_at = excluded.updated_at)
            select exists (select from linked)
            """;
        return transaction.FindAsync<bool>(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, bot, chat, told.At, told.Update, now }, cancellationToken);
    }

    /// <summary>Closes one link; the user's other bots stay. False when it was closed or changed before, or something newer is known of it.</summary>
    public async Task<bool> CloseAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, ChatClosing how, UpdateMoment? told, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // What a call has found out may be written down long after it: what was told of the chat since then is newer.
        const string close = """
            with told as (
                update telegram_links l
                set status = case when l.status = 'active' then @how else l.status end, told_at = coalesce(@at, l.told_at), told_by = coalesce(@update, l.told_by),
                    updated_at = @now
                from (select status from telegram_links where tenant_id = @tenant and user_id = @user and bot = @bot for update) before
                where l.tenant_id = @tenant and l.user_id = @user and l.bot = @bot and l.chat_id = @chat
                    and (l.told_at is null
                        or case when @at::timestamptz is null then l.told_at <= @now else (l.told_at, l.told_by) <= (@at, @update::bigint) end)
                returning before.status as before)
            select count(*) from told where before = 'active'
            """;
        const string forget = """
            update user_notification_preferences p
            set telegram_chat_id = null, updated_at = @now
            where tenant_id = @tenant and user_id = @user
                and not exists (select from telegram_links l where l.tenant_id = p.tenant_id and l.user_id = p.user_id and l.status = 'active')
            """;
        var parameters = new { tenant = transaction.Tenant, user, bot, chat, how = how.ToString().ToLowerInvariant(), at = told?.At, update = told?.Update, now };
        if (await transaction.FindAsync<long>(close, parameters, cancellationToken) == 0)
            return false;
        await transaction.ExecuteAsync(forget, parameters, cancellationToken);
        return true;
    }

    /// <summary>
    /// Opens again what the user had blocked, unless something newer is known of it; what he stopped by a command stays so. That it is open is noted too,
    /// for an older update that is still to come.
    /// </summary>
    public async Task ReopenAsync(
        TenantId tenant, Guid user, string bot, long chat, UpdateMoment told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with told as (
                update telegram_links
                set status = case when status = 'blocked' then 'active' else status end, told_at = @At, told_by = @Update, updated_at = @now
                where tenant_id = @tenant and user_id = @user and bot = @bot and chat_id = @chat
                    and (told_at is null or (told_at, told_by) <= (@At, @Update))
                returning chat_id, status)
            update user_notification_preferences
            set telegram_chat_id = @chat, updated_at = @now
            where tenant_id = @tenant and user_id = @user and exists (select from told where status = 'active')
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, user, bot, chat, told.At, told.Update, now }, cancellationToken);
    }

    /// <summary>The users whose chat with the bot this is; Telegram tells no tenant, and one person may have accounts in several.</summary>
    /// <param name="bot">The bot.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="status">The state of the links that are meant, such as <c>active</c>; null for any.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<IReadOnlyList<ChatUser>> ListOfChatAcrossTenantsAsync(string bot, long chat, string? status, CancellationToken cancellationToken)
    {
        const string sql = """
            select l.tenant_id, l.user_id, p.locale, p.bot_assignment as desired_bot
            from telegram_links l
            left join user_notification_preferences p on p.tenant_id = l.tenant_id and p.user_id = l.user_id
            where l.bot = @bot and l.chat_id = @chat and (@status::text is null or l.status = @status)
            order by l.linked_at
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<ChatUser>(new CommandDefinition(sql, new { bot, chat, status }, cancellationToken: cancellationToken))).AsList();
    }
}
