create table $service$.user_notification_preferences (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    email text,
    first_name text,
    locale text not null default 'en',
    telegram_chat_id bigint,
    bot_assignment text not null default 'default' check (bot_assignment in ('default', 'premium', 'enterprise')),
    notification_types jsonb not null default '{}',
    active boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    unique (user_id, tenant_id)
);

-- One-time links that tie a Telegram chat to a user; the token itself is shown once and kept as SHA-256.
create table $service$.telegram_link_tokens (
    tenant_id text not null,
    token_hash bytea not null,
    user_id uuid not null,
    bot text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant_id, token_hash)
);
create unique index telegram_link_tokens_by_hash on $service$.telegram_link_tokens (token_hash);

create table $service$.notification_history (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    notification_type text not null,
    -- the fact it tells: the same fact is told once
    dedup_key text not null,
    title text not null,
    message text not null,
    -- what the template's variables stand for; the text is made anew when it is sent
    variables jsonb not null default '{}',
    priority int not null default 3 check (priority between 1 and 4),
    channel text check (channel in ('telegram', 'email')),
    status text not null default 'pending' check (status in ('pending', 'sent', 'failed', 'retrying')),
    attempts int not null default 0,
    max_attempts int not null default 3,
    sent_at timestamptz,
    created_at timestamptz not null,
    available_at timestamptz not null,
    -- from then on it is of no use and is not sent any more
    expires_at timestamptz not null,
    -- while a sender works on it nobody else does
    claimed_until timestamptz,
    provider_message_id text,
    error_message text,
    primary key (tenant_id, id),
    constraint notification_history_told_once unique (tenant_id, dedup_key)
);
create index notification_history_of_user on $service$.notification_history (tenant_id, user_id, id);
create index notification_history_to_send on $service$.notification_history (available_at) where status in ('pending', 'retrying');
