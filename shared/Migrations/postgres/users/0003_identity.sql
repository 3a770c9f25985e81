alter table $service$.tenants add column suspended_reason text;

alter table $service$.users
    -- rises with every change of status or roles; what Redis holds of a user never goes back to a lower one
    add column access_version int not null default 1,
    add column password_changed_at timestamptz,
    -- an administrator wants a new password: until then nobody signs in
    add column password_reset_required boolean not null default false,
    -- an account whose owner asked for deletion; nothing is left of him from then on
    add column deletion_due_at timestamptz;
-- searched by prefix: "C" makes it a range, and ranges are leak-proof where LIKE is not
create index users_by_email_prefix on $service$.users (tenant_id, email_normalized collate "C");
create index users_by_username_prefix on $service$.users (tenant_id, username_normalized collate "C");
create index users_to_delete on $service$.users (deletion_due_at) where deletion_due_at is not null and status <> 'deleted';
create index users_to_forget on $service$.users (created_at) where not email_verified and status = 'active';

-- Who has a username, or has asked for it with an e-mail address that was taken already: both hold it, so that it betrays nothing.
create table $service$.usernames (
    tenant_id text not null references $service$.tenants (id),
    username_normalized text not null,
    user_id uuid,
    held_until timestamptz,
    primary key (tenant_id, username_normalized),
    check (user_id is not null or held_until is not null)
);

alter table $service$.user_sessions
    add column authenticated_at timestamptz,
    add column ended_reason text,
    -- the administrator who acts in the user's name
    add column impersonator_id uuid;
create index user_sessions_of_impersonator on $service$.user_sessions (tenant_id, impersonator_id) where impersonator_id is not null;

-- Every refresh token of a session, as SHA-256. The successor can be made again from its parent and the nonce, and only from both.
create table $service$.refresh_tokens (
    tenant_id text not null,
    hash bytea not null,
    session_id uuid not null,
    successor_nonce bytea,
    created_at timestamptz not null,
    rotated_at timestamptz,
    primary key (tenant_id, hash),
    foreign key (tenant_id, session_id) references $service$.user_sessions (tenant_id, id) on delete cascade
);
create index refresh_tokens_of_session on $service$.refresh_tokens (tenant_id, session_id);

-- Links sent by mail: the hash covers tenant and purpose, so that a token is worth nothing anywhere else.
create table $service$.one_time_tokens (
    tenant_id text not null references $service$.tenants (id),
    hash bytea not null,
    purpose text not null check (purpose in ('verify_email', 'reset_password')),
    user_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant_id, hash),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id) on delete cascade
);
create index one_time_tokens_of_user on $service$.one_time_tokens (tenant_id, user_id, purpose) where used_at is null;

create table $service$.totp_devices (
    tenant_id text not null,
    user_id uuid not null,
    sealed_secret bytea not null,
    created_at timestamptz not null,
    confirmed_at timestamptz,
    -- the last time step whose code was used: a code counts once
    last_step bigint not null default 0,
    primary key (tenant_id, user_id),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id) on delete cascade
);

create table $service$.recovery_codes (
    tenant_id text not null,
    user_id uuid not null,
    hash bytea not null,
    used_at timestamptz,
    primary key (tenant_id, user_id, hash),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id) on delete cascade
);

create table $service$.invitations (
    tenant_id text not null references $service$.tenants (id),
    -- also the id that the account will have
    id uuid not null,
    email text not null,
    email_normalized text not null,
    role_id uuid not null,
    token_hash bytea not null,
    invited_by uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, token_hash),
    foreign key (tenant_id, role_id) references $service$.roles (tenant_id, id)
);
create unique index invitations_open on $service$.invitations (tenant_id, email_normalized) where accepted_at is null and revoked_at is null;

-- What happened, for ever: each entry's hash covers the one before, so that none can be changed or taken out unseen.
create table $service$.audit_log (
    tenant_id text not null,
    seq bigint not null,
    id uuid not null,
    at timestamptz not null,
    action text not null,
    actor_kind text not null check (actor_kind in ('user', 'service', 'anonymous', 'system')),
    actor_id uuid,
    actor_service text,
    impersonator_id uuid,
    target_id uuid,
    -- json, not jsonb: the hash covers the text as it was written
    detail json not null,
    address inet,
    hash bytea not null,
    primary key (tenant_id, seq)
);
create index audit_log_of_target on $service$.audit_log (tenant_id, target_id, seq) where target_id is not null;
create index audit_log_of_actor on $service$.audit_log (tenant_id, actor_id, seq) where actor_id is not null;
revoke update, delete on $service$.audit_log from $app$, $jobs$;

-- The end of each tenant's chain.
create table $service$.audit_heads (
    tenant_id text primary key,
    seq bigint not null,
    hash bytea not null
);
revoke delete on $service$.audit_heads from $app$, $jobs$;

insert into $service$.usernames (tenant_id, username_normalized, user_id)
select tenant_id, username_normalized, id from $service$.users;

insert into $service$.refresh_tokens (tenant_id, hash, session_id, created_at)
select tenant_id, refresh_token, id, last_accessed_at from $service$.user_sessions where ended_at is null;
