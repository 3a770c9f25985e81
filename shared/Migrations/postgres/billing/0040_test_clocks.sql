-- Where the time of a tenant with a test clock stands; outside production only. Timers of the real time leave such a tenant out.
create table $service$.test_clocks (
    tenant_id text primary key,
    now timestamptz not null,
    updated_at timestamptz not null
);
