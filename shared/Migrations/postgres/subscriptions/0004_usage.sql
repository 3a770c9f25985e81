-- Rows of usage are aggregated inside the statement that counts them, so the database names them.
alter table $service$.usage_tracking alter column id set default gen_random_uuid();

-- Ids of usage events that were counted; kept for as long as an event may still arrive.
create table $service$.usage_event_ids (
    tenant_id text not null,
    event_id uuid not null,
    received_at timestamptz not null,
    primary key (tenant_id, event_id)
);
create index usage_event_ids_by_age on $service$.usage_event_ids using brin (received_at);

-- What an amount of the charge's currency was worth in USD by the prices of its tier.
alter table $service$.subscription_charges add column usd_rate numeric(24,12) not null default 1;

-- What a subscription has used of a limited feature in a day or billing period: the record behind the gate in Redis.
create table $service$.quota_counters (
    tenant_id text not null,
    subscription_id uuid not null,
    feature_name text not null,
    window_start timestamptz not null,
    window_end timestamptz not null,
    used bigint not null,
    -- what the last statement let through
    granted bigint not null default 0,
    -- the limit when it was last used; -1 is none
    quota bigint not null,
    -- the highest of 80, 90 and 100 percent that was passed, and the highest that was told
    reached smallint not null default 0,
    published smallint not null default 0,
    primary key (tenant_id, subscription_id, feature_name, window_start),
    foreign key (tenant_id, subscription_id) references $service$.subscriptions (tenant_id, id)
);
create index quota_counters_to_tell on $service$.quota_counters (window_end) where reached > published;
create index quota_counters_by_age on $service$.quota_counters using brin (window_end);

-- Rows on their way to ClickHouse, as lines of JSON. A batch keeps its rows until ClickHouse has it, so that it can be sent again as it was.
create table $service$.analytics_buffer (
    id bigint generated always as identity primary key,
    tenant_id text not null,
    target text not null,
    lines text[] not null,
    line_count int not null,
    -- the day that all of them are about, where a day can be replaced
    day date,
    -- these lines take the place of all of the tenant's from that day to that day
    replace_from date,
    replace_to date,
    batch_id uuid,
    created_at timestamptz not null
);
create index analytics_buffer_of_batch on $service$.analytics_buffer (batch_id) where batch_id is not null;
create index analytics_buffer_replacing on $service$.analytics_buffer (id) where replace_from is not null;

-- What each move of a subscription and each payment changed in the figures of its tenant; ClickHouse is fed from it and rebuilt from it.
create table $service$.subscription_deltas (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    day date not null,
    tier_name text not null,
    -- the month in which the subscription began
    cohort date not null,
    total int not null default 0,
    started int not null default 0,
    ended int not null default 0,
    upgraded int not null default 0,
    downgraded int not null default 0,
    trials int not null default 0,
    converted int not null default 0,
    mrr_usd numeric(18,2) not null default 0,
    revenue_usd numeric(18,2) not null default 0,
    primary key (tenant_id, id),
    foreign key (tenant_id, subscription_id) references $service$.subscriptions (tenant_id, id)
);
create index subscription_deltas_by_day on $service$.subscription_deltas (tenant_id, day);
