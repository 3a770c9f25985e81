-- What Subscriptions decided is billed once per charge; only what it decided before it named charges is told apart by its period.
alter table $service$.invoices
    add column charge_id uuid,
    drop constraint invoices_one_per_period,
    add constraint invoices_one_per_charge unique (tenant_id, charge_id);
create unique index invoices_one_per_period on $service$.invoices (tenant_id, subscription_id, period_start) where charge_id is null;

-- Money of users that is not spent: what credits left over, before tax.
create table $service$.credit_balances (
    tenant_id text not null,
    user_id uuid not null,
    currency text not null,
    balance numeric(18,2) not null check (balance >= 0),
    updated_at timestamptz not null,
    primary key (tenant_id, user_id, currency)
);

-- Every change of a balance, with what it was for; they add up to it.
create table $service$.credit_entries (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    currency text not null,
    amount numeric(18,2) not null check (amount <> 0),
    reason text not null,
    charge_id uuid,
    invoice_id uuid,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    -- a charge leaves credit over once
    constraint credit_entries_one_per_charge unique (tenant_id, charge_id)
);
create index credit_entries_of_user on $service$.credit_entries (tenant_id, user_id, id);
