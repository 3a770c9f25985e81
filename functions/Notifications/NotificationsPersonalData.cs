using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Notifications;

/// <summary>What Notifications holds of a person.</summary>
internal static class NotificationsPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("preferences", """
            select id, email, first_name, locale, telegram_chat_id, bot_assignment, notification_types, channel_switches, active, time_zone,
                quiet_from, quiet_to, digest, digest_at, created_at, updated_at
            from user_notification_preferences where tenant_id = @tenant and user_id = @user
            """),
        // One row for each bot, and for each symbol; their ids are made of what they name.
        new("telegram_chats", """
            select md5(bot)::uuid as id, bot, chat_id, status, linked_at, updated_at
            from telegram_links where tenant_id = @tenant and user_id = @user
            """),
        new("symbols", """
            select md5(symbol)::uuid as id, symbol, created_at
            from symbol_subscriptions where tenant_id = @tenant and user_id = @user
            """),
        new("notifications", """
            select id, notification_type, title, message, priority, channel, status, created_at, sent_at, recipient_email
            from notification_history where tenant_id = @tenant and user_id = @user
            """),
    ];
}
