alter table $service$.notification_history
    -- a mail about an account goes to this address, which may not be a known user's yet, and nowhere else
    add column recipient_email text,
    add column recipient_locale text;

-- Telegram names the chat only: whose is it?
create index user_notification_preferences_of_chat on $service$.user_notification_preferences (telegram_chat_id)
    where telegram_chat_id is not null;
