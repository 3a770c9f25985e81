-- What a run found due at its moment and what became of it; it may be resumed, and killed at any point.
create table $service$.billing_runs (
    tenant_id text not null,
    id uuid not null,
    trigger text not null check (trigger in ('monthly', 'daily', 'request', 'clock')),
    status text not null check (status in ('running', 'completed')),
    -- what falls due later is left to a later run
    as_of timestamptz not null,
    due bigint not null default 0,
    created bigint not null default 0,
    existing bigint not null default 0,
    parked bigint not null default 0,
    started_at timestamptz not null,
    completed_at timestamptz,
    primary key (tenant_id, id),
    constraint billing_runs_account_for_all check (due = created + existing + parked)
);
-- Whoever starts a second one goes on with the first.
create unique index billing_runs_one_at_a_time on $service$.billing_runs (tenant_id) where status = 'running';

create table $service$.billing_run_parked (
    tenant_id text not null,
    run_id uuid not null,
    subscription_id uuid not null,
    period_start timestamptz not null,
    reason text not null,
    primary key (tenant_id, run_id, subscription_id),
    foreign key (tenant_id, run_id) references $service$.billing_runs (tenant_id, id)
);
