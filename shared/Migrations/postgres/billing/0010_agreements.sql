-- What each subscription owes from its next renewal on, as Subscriptions told it last; renewals are billed from here.
create table $service$.billing_agreements (
    tenant_id text not null,
    subscription_id uuid not null,
    user_id uuid not null,
    version bigint not null,
    tier_code text not null,
    tier_name text not null,
    billing_cycle text not null check (billing_cycle in ('monthly', 'yearly')),
    anchor_day int not null check (anchor_day between 1 and 31),
    currency text not null,
    price numeric(18,2) not null,
    -- the start of the next period to be billed; null: none follows
    next_billing_at timestamptz,
    -- the exact bill of that period, where it is not a whole one at the price
    next_bill jsonb,
    -- why it is left out of runs until somebody releases it
    parked_reason text,
    parked_at timestamptz,
    -- the last run that billed it, and how many periods
    run_id uuid,
    run_periods int not null default 0,
    updated_at timestamptz not null,
    primary key (tenant_id, subscription_id)
);
create index billing_agreements_due on $service$.billing_agreements (tenant_id, next_billing_at, subscription_id)
    where next_billing_at is not null and parked_reason is null;
create index billing_agreements_parked on $service$.billing_agreements (tenant_id, parked_at) where parked_reason is not null;

-- Charges that were taken back before their bill arrived: they are never billed.
create table $service$.withdrawn_charges (
    tenant_id text not null,
    charge_id uuid not null,
    withdrawn_at timestamptz not null,
    primary key (tenant_id, charge_id)
);

-- Whether prices of a tenant include the tax; where nothing stands here they do not.
create table $service$.tax_modes (
    tenant_id text not null,
    currency text not null,
    mode text not null check (mode in ('exclusive', 'inclusive')),
    primary key (tenant_id, currency)
);

alter table $service$.invoices
    -- a draft has no number, owes nothing and is seen by nobody but its makers
    add column is_draft boolean not null default false,
    alter column invoice_number drop not null,
    add constraint invoices_draft_without_number check (is_draft = (invoice_number is null)),
    -- what the lines come to before discounts and credit, and how much of that is discounted
    add column subtotal numeric(18,2) not null default 0,
    add column discount numeric(18,2) not null default 0,
    add column tax_mode text not null default 'exclusive' check (tax_mode in ('exclusive', 'inclusive')),
    add column tax_base numeric(18,2) not null default 0,
    -- made from an agreement
    add column is_renewal boolean not null default false,
    -- another invoice, or none, stands for its charge: the terms it was made by were not the last ones
    add column superseded_at timestamptz,
    drop constraint invoices_one_per_charge;
update $service$.invoices set subtotal = amount, tax_base = amount;
create unique index invoices_one_per_charge on $service$.invoices (tenant_id, charge_id) where superseded_at is null;
create unique index invoices_one_per_renewal on $service$.invoices (tenant_id, subscription_id, period_start)
    where is_renewal and superseded_at is null;

alter table $service$.invoice_line_items
    add column period_start timestamptz,
    add column period_end timestamptz,
    -- the part of a period that it is for: so many days of so many
    add column days int,
    add column of_days int;
