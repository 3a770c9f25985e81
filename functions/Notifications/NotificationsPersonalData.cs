using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Notifications;

/// <summary>What Notifications holds of a person.</summary>
internal static class NotificationsPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("preferences", """
            select id, telegram_chat_id, bot_assignment, notification_types, active, created_at, updated_at
            from user_notification_preferences where tenant_id = @tenant and user_id = @user
            """),
        new("notifications", """
            select id, notification_type, title, message, priority, channel, status, created_at, sent_at, recipient_email
            from notification_history where tenant_id = @tenant and user_id = @user
            """),
    ];
}
