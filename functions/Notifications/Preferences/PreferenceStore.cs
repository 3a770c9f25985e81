using System.Text.Json;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>SQL of <c>user_notification_preferences</c>.</summary>
public sealed class PreferenceStore(Database database)
{
    private const string Find = """
        select locale, active, notification_types::text, channel_switches::text, time_zone, to_char(quiet_from, 'HH24:MI') as quiet_from,
            to_char(quiet_to, 'HH24:MI') as quiet_to, digest, to_char(digest_at, 'HH24:MI') as digest_at, bot_assignment, email
        from user_notification_preferences
        where tenant_id = @tenant and user_id = @user
        """;

    /// <summary>Keeps what Users tells about a new user; what he has set himself by then stays.</summary>
    public Task IntroduceAsync(TenantTransaction transaction, UserRegistered user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_notification_preferences (tenant_id, id, user_id, email, first_name, locale, introduced_at, created_at, updated_at)
            values (@tenant, @id, @UserId, @Email, @FirstName, @Locale, @now, @now, @now)
            on conflict (user_id, tenant_id) do update
            set email = excluded.email, first_name = excluded.first_name,
                locale = case when user_notification_preferences.saved_at is null then excluded.locale else user_notification_preferences.locale end,
                introduced_at = excluded.introduced_at, updated_at = excluded.updated_at
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

    /// <summary>The bot that the user should have.</summary>
    public Task<string?> FindBotAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken) =>
        transaction.FindAsync<string>(
            "select bot_assignment from user_notification_preferences where tenant_id = @tenant and user_id = @user",
            new { tenant = transaction.Tenant, user },
            cancellationToken);

    public async Task<UserPreferences?> FindAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<UserPreferences>(Find, new { tenant, user }, cancellationToken);
    }

    public async Task SaveAsync(TenantId tenant, Guid user, PreferencesRequest wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_notification_preferences (tenant_id, id, user_id, locale, active, notification_types, channel_switches, time_zone,
                                                       quiet_from, quiet_to, digest, digest_at, introduced_at, saved_at, created_at, updated_at)
            values (@tenant, @id, @user, @Locale, @Active, @types::jsonb, @channels::jsonb, @TimeZone, @quietFrom::time, @quietTo::time, @digest, @DigestAt::time,
                    null, @now, @now, @now)
            on conflict (user_id, tenant_id) do update
            set saved_at = excluded.saved_at, locale = excluded.locale, active = excluded.active, notification_types = excluded.notification_types,
                channel_switches = excluded.channel_switches, time_zone = excluded.time_zone, quiet_from = excluded.quiet_from,
                quiet_to = excluded.quiet_to, digest = excluded.digest, digest_at = excluded.digest_at, updated_at = excluded.updated_at
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
                channels = JsonSerializer.Serialize(wanted.Channels),
                wanted.TimeZone,
                quietFrom = wanted.QuietHours?.From,
                quietTo = wanted.QuietHours?.To,
                digest = wanted.Digest.ToString().ToLowerInvariant(),
                wanted.DigestAt,
                now,
            },
            cancellationToken);
    }

    /// <summary>Mutes one kind, as the link at the end of a mail asks for.</summary>
    public async Task MuteAsync(TenantId tenant, Guid user, string type, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_notification_preferences
            set notification_types = notification_types || jsonb_build_object(@type, false), updated_at = @now
            where tenant_id = @tenant and user_id = @user
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, user, type, now }, cancellationToken);
    }

    /// <summary>Sets the bot that the user should have from an instant on; news of an older tier changes nothing. True when it is another one now.</summary>
    public async Task<bool> AssignBotAsync(
        TenantTransaction transaction, Guid user, string bot, DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with before as (
                select bot_assignment from user_notification_preferences where tenant_id = @tenant and user_id = @user),
            assigned as (
                insert into user_notification_preferences (tenant_id, id, user_id, bot_assignment, bot_assigned_at, introduced_at, created_at, updated_at)
                values (@tenant, @id, @user, @bot, @since, null, @now, @now)
                on conflict (user_id, tenant_id) do update
                set bot_assignment = excluded.bot_assignment, bot_assigned_at = excluded.bot_assigned_at, updated_at = excluded.updated_at
                where user_notification_preferences.bot_assigned_at is null or user_notification_preferences.bot_assigned_at <= excluded.bot_assigned_at
                returning bot_assignment)
            select 1 from assigned where bot_assignment is distinct from (select bot_assignment from before)
            """;
        var changed = await transaction.QueryAsync<int>(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, bot, since, now }, cancellationToken);
        return changed.Count > 0;
    }

    /// <summary>Forgets everything that names the person or leads to him. The row stays, so that late news finds nobody to tell.</summary>
    public Task ForgetAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_notification_preferences
            set email = null, first_name = null, telegram_chat_id = null, notification_types = '{}', channel_switches = '{}', time_zone = null,
                quiet_from = null, quiet_to = null, active = false, introduced_at = coalesce(introduced_at, @now), updated_at = @now
            where tenant_id = @tenant and user_id = @user;
            delete from telegram_links where tenant_id = @tenant and user_id = @user;
            delete from telegram_link_tokens where tenant_id = @tenant and user_id = @user;
            delete from symbol_subscriptions where tenant_id = @tenant and user_id = @user;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }
}
