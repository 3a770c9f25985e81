-- The demo tenant, its administrator and a user whose Telegram chat (1001 in the simulator) is linked. For the local stack only.
-- Passwords: Demo-admin-2026 and Demo-user-2026.
select set_config('app.tenant_id', 'default', true);

insert into user_management.tenants (id, name, default_currency, locale, time_zone)
values ('default', 'AI Trading Platform', 'IDR', 'en', 'Asia/Jakarta')
on conflict do nothing;

insert into user_management.roles (tenant_id, id, name, description, permissions, created_at) values
    ('default', '01930000-0000-7000-8000-0000000000b1', 'admin', 'built in', '["*"]', now()),
    ('default', '01930000-0000-7000-8000-0000000000b2', 'billing', 'built in', '["invoices:*", "payments:*", "subscriptions:read"]', now()),
    ('default', '01930000-0000-7000-8000-0000000000b3', 'support', 'built in',
     '["users:read", "subscriptions:read", "invoices:read", "payments:read", "notifications:read"]', now()),
    ('default', '01930000-0000-7000-8000-0000000000b4', 'user', 'built in', '[]', now())
on conflict do nothing;

insert into user_management.users
    (tenant_id, id, email, email_normalized, username, username_normalized, password_hash, first_name, email_verified, created_at, updated_at)
values
    ('default', '01930000-0000-7000-8000-0000000000a1', 'admin@example.com', 'admin@example.com', 'admin', 'admin',
     '$2a$12$PoSx7351k1EJkBrUII3EoOsJ.iRdFHrw4kVveJRLfkgflJXsnmvtO', 'Ayu', true, now(), now()),
    ('default', '01930000-0000-7000-8000-0000000000a2', 'user@example.com', 'user@example.com', 'user', 'user',
     '$2a$12$hksxmRGe8dTL30X7Xarf8OnfsuDoLYgsU6EhOMQ/Gka/lcMhkRutC', 'Budi', true, now(), now())
on conflict do nothing;

insert into user_management.usernames (tenant_id, username_normalized, user_id) values
    ('default', 'admin', '01930000-0000-7000-8000-0000000000a1'),
    ('default', 'user', '01930000-0000-7000-8000-0000000000a2')
on conflict do nothing;

insert into user_management.user_roles (tenant_id, id, user_id, role_id, assigned_at) values
    ('default', '01930000-0000-7000-8000-0000000000c1', '01930000-0000-7000-8000-0000000000a1', '01930000-0000-7000-8000-0000000000b1', now()),
    ('default', '01930000-0000-7000-8000-0000000000c2', '01930000-0000-7000-8000-0000000000a2', '01930000-0000-7000-8000-0000000000b4', now())
on conflict do nothing;

insert into notification_management.user_notification_preferences
    (tenant_id, id, user_id, email, first_name, locale, telegram_chat_id, created_at, updated_at)
values
    ('default', '01930000-0000-7000-8000-0000000000d1', '01930000-0000-7000-8000-0000000000a1', 'admin@example.com', 'Ayu', 'en', null, now(), now()),
    ('default', '01930000-0000-7000-8000-0000000000d2', '01930000-0000-7000-8000-0000000000a2', 'user@example.com', 'Budi', 'en', 1001, now(), now())
on conflict do nothing;
