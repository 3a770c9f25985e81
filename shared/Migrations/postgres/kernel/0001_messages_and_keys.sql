grant usage on schema $service$ to $app$, $jobs$;
alter default privileges in schema $service$ grant select, insert, update, delete on tables to $app$, $jobs$;
alter default privileges in schema $service$ grant usage on sequences to $app$, $jobs$;

-- Messages that were committed with their fact and wait to be sent.
create table $service$.outbox (
    id uuid primary key,
    tenant_id text not null,
    destination text not null,
    subject text not null,
    body text not null,
    created_at timestamptz not null,
    available_at timestamptz not null
);

-- Messages whose work is done; a redelivery finds its id here.
create table $service$.inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamptz not null,
    primary key (tenant_id, message_id)
);

-- Answers of POSTs that carried an Idempotency-Key; without a status the first request still runs.
create table $service$.idempotency_keys (
    tenant_id text not null,
    key text not null,
    request_hash bytea not null,
    created_at timestamptz not null,
    locked_until timestamptz not null,
    status smallint,
    content_type text,
    location text,
    body bytea,
    primary key (tenant_id, key)
);
create index idempotency_keys_by_age on $service$.idempotency_keys (created_at);
