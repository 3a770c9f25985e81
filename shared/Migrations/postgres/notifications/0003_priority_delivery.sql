alter table $service$.user_notification_preferences
    add column time_zone text,
    -- no messages between these hours of the user's own day; may pass midnight
    add column quiet_from time,
    add column quiet_to time,
    add column digest text not null default 'off' check (digest in ('off', 'hourly', 'daily')),
    add column digest_at time not null default '08:00',
    -- channels switched off for a kind of notification: {"trading_alert": {"email": false}}
    add column channel_switches jsonb not null default '{}',
    -- the instant that bot_assignment holds from: late news of an older tier changes nothing
    add column bot_assigned_at timestamptz,
    -- null for a row that something else made before Users told of the user
    add column introduced_at timestamptz default now(),
    add constraint user_notification_preferences_quiet_hours check ((quiet_from is null) = (quiet_to is null) and (quiet_from is null or quiet_from <> quiet_to));
update $service$.user_notification_preferences set introduced_at = created_at;

-- A person has to start each bot by himself: one row for each that he has. bot_assignment is the bot he should have.
create table $service$.telegram_links (
    tenant_id text not null,
    user_id uuid not null,
    bot text not null check (bot in ('default', 'premium', 'enterprise')),
    chat_id bigint not null,
    -- stopped by /stop, blocked in Telegram, gone with the person's Telegram account
    status text not null default 'active' check (status in ('active', 'stopped', 'blocked', 'gone')),
    linked_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, user_id, bot)
);
create index telegram_links_of_chat on $service$.telegram_links (bot, chat_id);

-- The owner's own rows are locked too until the policies come back after this script.
alter table $service$.user_notification_preferences no force row level security;
insert into $service$.telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
select tenant_id, user_id, bot_assignment, telegram_chat_id, updated_at, updated_at
from $service$.user_notification_preferences
where telegram_chat_id is not null;
drop index $service$.user_notification_preferences_of_chat;

alter table $service$.notification_history
    drop constraint notification_history_status_check,
    add constraint notification_history_status_check check (status in ('pending', 'sent', 'failed', 'retrying', 'cancelled', 'suppressed')),
    -- why it was not sent, for programs: expired, muted, unreachable, …
    add column reason_code text,
    add column bot text,
    -- true from the claim to the outcome: a claim that ran out with it may have reached the user
    add column calling boolean not null default false,
    -- how many calls ended without an answer; sent after one of them, it may have arrived twice
    add column unknown_calls int not null default 0,
    -- channels on which the user turned out not to be reachable
    add column skipped_channels text[] not null default '{}',
    -- the digest that tells it instead
    add column digest_id uuid,
    add column scheduled_for timestamptz,
    add column template_version text;
drop index $service$.notification_history_to_send;
create index notification_history_to_send on $service$.notification_history (available_at)
    where status in ('pending', 'retrying') and digest_id is null;
create index notification_history_waiting on $service$.notification_history (tenant_id, user_id) where status in ('pending', 'retrying');
create index notification_history_of_digest on $service$.notification_history (tenant_id, digest_id) where digest_id is not null;
create index notification_history_dead on $service$.notification_history (tenant_id, id) where status = 'failed';

-- Each call to a provider and what became of it.
create table $service$.notification_attempts (
    tenant_id text not null,
    notification_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    channel text not null,
    bot text,
    outcome text not null,
    -- whether it used up one of the attempts
    counted boolean not null,
    reason text,
    primary key (tenant_id, notification_id, id)
);

-- Telegram repeats an update until it is taken; it names a bot and no tenant.
create table $service$.telegram_updates (
    bot text not null,
    update_id bigint not null,
    received_at timestamptz not null,
    done_at timestamptz,
    primary key (bot, update_id)
);
create index telegram_updates_by_age on $service$.telegram_updates (received_at);

-- A tenant's own texts. The highest version counts; one without a text goes back to ours.
create table $service$.template_overrides (
    tenant_id text not null,
    notification_type text not null,
    locale text not null check (locale in ('en', 'id')),
    version int not null,
    title text,
    body text,
    created_by uuid,
    created_at timestamptz not null,
    primary key (tenant_id, notification_type, locale, version)
);

-- Who wants the trading alerts of a symbol.
create table $service$.symbol_subscriptions (
    tenant_id text not null,
    symbol text not null,
    user_id uuid not null,
    created_at timestamptz not null,
    primary key (tenant_id, symbol, user_id)
);
create index symbol_subscriptions_of_user on $service$.symbol_subscriptions (tenant_id, user_id);
