-- Tiers of the platform carry the tenant '*', which no tenant can be named; a tenant reads those and its own, and changes its own only.
create table $service$.subscription_tiers (
    tenant_id text not null default '*',
    id uuid not null,
    code text not null,
    name text not null,
    description text not null default '',
    -- the price in USD as the owner's template has it; what is charged stands in tier_prices
    price numeric(18,2) not null,
    billing_cycle text not null check (billing_cycle in ('monthly', 'yearly')),
    features jsonb not null default '[]',
    limits jsonb not null default '{}',
    active boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, code, billing_cycle)
);
create policy platform_rows_are_read on $service$.subscription_tiers for select using (tenant_id = '*');

-- Prices are stored per currency, never derived from one another.
create table $service$.tier_prices (
    tenant_id text not null default '*',
    tier_id uuid not null,
    currency text not null check (currency in ('USD', 'IDR')),
    amount numeric(18,2) not null check (amount >= 0),
    primary key (tenant_id, tier_id, currency),
    foreign key (tenant_id, tier_id) references $service$.subscription_tiers (tenant_id, id)
);
create policy platform_rows_are_read on $service$.tier_prices for select using (tenant_id = '*');

create table $service$.subscriptions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    tier_id uuid not null,
    status text not null check (status in ('pending', 'active', 'suspended', 'cancelled', 'expired')),
    currency text not null,
    price numeric(18,2) not null,
    started_at timestamptz not null,
    expires_at timestamptz not null,
    auto_renew boolean not null default true,
    payment_method_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id)
);
-- One live subscription per user: the loser of a race is told so.
create unique index subscriptions_one_live_per_user on $service$.subscriptions (tenant_id, user_id)
    where status in ('pending', 'active', 'suspended');

create table $service$.subscription_events (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    event_type text not null,
    from_status text,
    to_status text not null,
    reason text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subscription_id) references $service$.subscriptions (tenant_id, id)
);
create index subscription_events_of_subscription on $service$.subscription_events (tenant_id, subscription_id, id);

create table $service$.usage_tracking (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    feature_name text not null,
    usage_count bigint not null default 0,
    tracking_period date not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, subscription_id, feature_name, tracking_period),
    foreign key (tenant_id, subscription_id) references $service$.subscriptions (tenant_id, id)
);
