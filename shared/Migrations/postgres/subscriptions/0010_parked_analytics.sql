-- Lines that ClickHouse cannot take, whatever is tried: kept with its reason, so that all the others go on. A rebuild of their days replaces them.
create table $service$.analytics_parked (
    tenant_id text not null,
    id uuid not null,
    target text not null,
    -- the days that it is about, where days can be replaced
    day_from date,
    day_to date,
    line text not null,
    reason text not null,
    parked_at timestamptz not null,
    primary key (tenant_id, id)
);
