-- Tenants are rows. Every service reads its current tenant's row, only Users writes.
create table $service$.tenants (
    id text primary key check (id ~ '^[a-zA-Z0-9_-]{1,50}$'),
    name text not null,
    status text not null default 'active' check (status in ('active', 'suspended')),
    default_currency text not null default 'IDR',
    locale text not null default 'en',
    time_zone text not null default 'Asia/Jakarta',
    -- requests per minute by route class; a class that is not named has the product's default
    rate_limits jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
alter table $service$.tenants enable row level security;
alter table $service$.tenants force row level security;
create policy tenant_isolation on $service$.tenants using (id = current_setting('app.tenant_id', true));
create policy jobs_see_all on $service$.tenants to $jobs$ using (true) with check (true);

create table $service$.users (
    tenant_id text not null references $service$.tenants (id),
    id uuid not null,
    email text not null,
    -- what is compared: lower() would lose the index under row-level security
    email_normalized text not null,
    username text not null,
    username_normalized text not null,
    password_hash text not null,
    first_name text,
    last_name text,
    phone text,
    email_verified boolean not null default false,
    phone_verified boolean not null default false,
    status text not null default 'active' check (status in ('active', 'suspended', 'deleted')),
    last_login_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint users_email_taken unique (tenant_id, email_normalized),
    constraint users_username_taken unique (tenant_id, username_normalized)
);

create table $service$.roles (
    tenant_id text not null references $service$.tenants (id),
    id uuid not null,
    name text not null,
    description text not null default '',
    permissions jsonb not null default '[]',
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint roles_name_taken unique (tenant_id, name)
);

create table $service$.user_roles (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    role_id uuid not null,
    assigned_at timestamptz not null,
    assigned_by uuid,
    primary key (tenant_id, id),
    unique (tenant_id, user_id, role_id),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id),
    foreign key (tenant_id, role_id) references $service$.roles (tenant_id, id)
);

-- Tokens are kept as SHA-256 only: a copy of this table signs nobody in.
create table $service$.user_sessions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    session_token bytea not null,
    refresh_token bytea not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    last_accessed_at timestamptz not null,
    ended_at timestamptz,
    ip_address inet,
    user_agent text,
    primary key (tenant_id, id),
    unique (tenant_id, refresh_token),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id)
);
create index user_sessions_of_user on $service$.user_sessions (tenant_id, user_id) where ended_at is null;

-- Keys of access tokens; the private part is sealed with a key derived from JWT_SECRET. They belong to no tenant.
create table $service$.signing_keys (
    id text primary key,
    public_key bytea not null,
    sealed_private_key bytea not null,
    created_at timestamptz not null,
    retires_at timestamptz not null
);
