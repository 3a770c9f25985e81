-- What a daily report still has to compare, payment by payment: it goes on after a crash, and asks again what the provider did not answer.
create table $service$.reconciliation_checks (
    tenant_id text not null,
    day date not null,
    payment_id uuid not null,
    attempts int not null default 0,
    next_try_at timestamptz not null,
    primary key (tenant_id, day, payment_id),
    foreign key (tenant_id, day) references $service$.reconciliation_reports (tenant_id, day)
);
create index reconciliation_checks_due on $service$.reconciliation_checks (next_try_at);

-- When the provider's books were last held against it.
alter table $service$.payment_transactions add column compared_at timestamptz;
