alter table $service$.telegram_links
    -- the update that told of the link last: Telegram's time of it, in whole seconds, and its number; updates come in any order
    add column told_at timestamptz,
    add column told_by bigint;
