using System.Text.Json;
using Dapper;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>A user who is told things in a chat.</summary>
public sealed record ChatUser(TenantId TenantId, Guid UserId);

/// <summary>SQL of <c>user_notification_preferences</c>.</summary>
public sealed class PreferenceStore(Database database)
{
    /// <summary>Keeps what Users tells about a new user; what he has set himself by then stays.</summary>
    public Task IntroduceAsync(TenantTransaction transaction, UserRegistered user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_notification_preferences (tenant_id, id, user_id, email, first_name, locale, created_at, updated_at)
            values (@tenant, @id, @UserId, @Email, @FirstName, @Locale, @now, @now)
            on conflict (user_id, tenant_id) do update
            set email = excluded.email, first_name = excluded.first_name, updated_at = excluded.updated_at
            """;
        return transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user.UserId, user.Email, user.FirstName, user.Locale, now },
            cancellationToken);
    }

    /// <summary>The user's language, or null when he is not known here yet.</summary>
    public Task<string?> FindLocaleAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken) =>
        transaction.FindAsync<string>(
            "select locale from user_notification_preferences where tenant_id = @tenant and user_id = @user",
            new { tenant = transaction.Tenant, user },
            cancellationToken);

    public async Task<UserPreferences?> FindAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            select locale, active, notification_types::text, telegram_chat_id, bot_assignment
            from user_notification_preferences
            where tenant_id = @tenant and user_id = @user
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<UserPreferences>(sql, new { tenant, user }, cancellationToken);
    }

    public async Task SaveAsync(TenantId tenant, Guid user, PreferencesRequest wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_notification_preferences (tenant_id, id, user_id, locale, active, notification_types, created_at, updated_at)
            values (@tenant, @id, @user, @Locale, @Active, @types::jsonb, @now, @now)
            on conflict (user_id, tenant_id) do update
            set locale = excluded.locale, active = excluded.active, notification_types = excluded.notification_types, updated_at = excluded.updated_at
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql,
            new
            {
                tenant,
                id = Guid.CreateVersion7(now),
                user,
                wanted.Locale,
                wanted.Active,
                types = JsonSerializer.Serialize(wanted.NotificationTypes),
                now,
            },
            cancellationToken);
    }

    public Task LinkTelegramAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_notification_preferences (tenant_id, id, user_id, telegram_chat_id, bot_assignment, created_at, updated_at)
            values (@tenant, @id, @user, @chat, @bot, @now, @now)
            on conflict (user_id, tenant_id) do update
            set telegram_chat_id = excluded.telegram_chat_id, bot_assignment = excluded.bot_assignment, updated_at = excluded.updated_at
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, bot, chat, now }, cancellationToken);
    }

    /// <summary>Forgets everything that names the person or leads to him. The row stays, so that late news finds nobody to tell.</summary>
    public Task ForgetAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_notification_preferences
            set email = null, first_name = null, telegram_chat_id = null, notification_types = '{}', active = false, updated_at = @now
            where tenant_id = @tenant and user_id = @user;
            delete from telegram_link_tokens where tenant_id = @tenant and user_id = @user;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    /// <summary>The users whose chat with the bot this is; Telegram tells no tenant, and one person may have accounts in several.</summary>
    public async Task<IReadOnlyList<ChatUser>> ListOfChatAcrossTenantsAsync(string bot, long chat, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id, user_id from user_notification_preferences where telegram_chat_id = @chat and bot_assignment = @bot
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<ChatUser>(new CommandDefinition(sql, new { bot, chat }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Forgets a chat that its user has closed to the bot; a chat linked meanwhile stays.</summary>
    public Task UnlinkTelegramAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_notification_preferences
            set telegram_chat_id = null, updated_at = @now
            where tenant_id = @tenant and user_id = @user and bot_assignment = @bot and telegram_chat_id = @chat
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, bot, chat, now }, cancellationToken);
    }
}
