-- The demo user has started the default bot in his chat.
select set_config('app.tenant_id', 'default', true);

insert into notification_management.telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
values ('default', '01930000-0000-7000-8000-0000000000a2', 'default', 1001, now(), now())
on conflict do nothing;
