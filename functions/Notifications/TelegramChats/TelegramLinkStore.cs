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

    public Task LinkAsync(TenantTransaction transaction, Guid user, string bot, long chat, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
            values (@tenant, @user, @bot, @chat, @now, @now)
            on conflict (tenant_id, user_id, bot) do update
            set chat_id = excluded.chat_id, status = 'active', linked_at = excluded.linked_at, updated_at = excluded.updated_at;
            insert into user_notification_preferences (tenant_id, id, user_id, telegram_chat_id, introduced_at, created_at, updated_at)
            values (@tenant, @id, @user, @chat, null, @now, @now)
            on conflict (user_id, tenant_id) do update
            set telegram_chat_id = excluded.telegram_chat_id, updated_at = excluded.updated_at;
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, bot, chat, now }, cancellationToken);
    }

    /// <summary>Closes one link; the user's other bots stay. False when it was closed or changed before.</summary>
    public async Task<bool> CloseAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, ChatClosing how, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string close = """
            update telegram_links
            set status = @how, updated_at = @now
            where tenant_id = @tenant and user_id = @user and bot = @bot and chat_id = @chat and status = 'active'
            """;
        const string forget = """
            update user_notification_preferences p
            set telegram_chat_id = null, updated_at = @now
            where tenant_id = @tenant and user_id = @user
                and not exists (select from telegram_links l where l.tenant_id = p.tenant_id and l.user_id = p.user_id and l.status = 'active')
            """;
        var parameters = new { tenant = transaction.Tenant, user, bot, chat, how = how.ToString().ToLowerInvariant(), now };
        if (await transaction.ExecuteAsync(close, parameters, cancellationToken) == 0)
            return false;
        await transaction.ExecuteAsync(forget, parameters, cancellationToken);
        return true;
    }

    /// <summary>Opens again what the user had blocked; what he stopped by a command stays so.</summary>
    public async Task ReopenAsync(TenantId tenant, Guid user, string bot, long chat, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with reopened as (
                update telegram_links
                set status = 'active', updated_at = @now
                where tenant_id = @tenant and user_id = @user and bot = @bot and chat_id = @chat and status = 'blocked'
                returning chat_id)
            update user_notification_preferences
            set telegram_chat_id = (select chat_id from reopened), updated_at = @now
            where tenant_id = @tenant and user_id = @user and exists (select from reopened)
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, user, bot, chat, now }, cancellationToken);
    }

    /// <summary>The users whose chat with the bot this is; Telegram tells no tenant, and one person may have accounts in several.</summary>
    /// <param name="status">The state of the links that are meant: <c>active</c> or <c>blocked</c>.</param>
    public async Task<IReadOnlyList<ChatUser>> ListOfChatAcrossTenantsAsync(string bot, long chat, string status, CancellationToken cancellationToken)
    {
        const string sql = """
            select l.tenant_id, l.user_id, p.locale, p.bot_assignment as desired_bot
            from telegram_links l
            left join user_notification_preferences p on p.tenant_id = l.tenant_id and p.user_id = l.user_id
            where l.bot = @bot and l.chat_id = @chat and l.status = @status
            order by l.linked_at
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<ChatUser>(new CommandDefinition(sql, new { bot, chat, status }, cancellationToken: cancellationToken))).AsList();
    }
}
