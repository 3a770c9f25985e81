-- A version of a tier is a row of its own: what a subscription points at never changes under it.
alter table $service$.subscription_tiers
    add column version int not null default 1 check (version > 0),
    -- from when on it is sold and renewed to
    add column effective_from timestamptz not null default '2000-01-01 00:00:00+00',
    add column product text not null default 'platform',
    -- calendar: renewals fall on the 1st and the first period is prorated to it; anniversary: on the day it began
    add column billing_mode text not null default 'calendar' check (billing_mode in ('calendar', 'anniversary')),
    add column trial_days int not null default 0 check (trial_days between 0 and 365),
    drop constraint subscription_tiers_tenant_id_code_billing_cycle_key,
    add constraint subscription_tiers_one_per_version unique (tenant_id, code, billing_cycle, version);
-- The owner's three are sold at their full price, whatever day it is.
update $service$.subscription_tiers set billing_mode = 'anniversary' where tenant_id = '*';

alter table $service$.subscriptions
    drop constraint subscriptions_status_check,
    add constraint subscriptions_status_check
        check (status in ('pending', 'trialing', 'active', 'paused', 'suspended', 'cancelled', 'expired')),
    add column product text not null default 'platform',
    add column billing_mode text not null default 'anniversary' check (billing_mode in ('calendar', 'anniversary')),
    -- the running period ends at expires_at
    add column period_start timestamptz,
    -- the day of the month on which periods begin, applied again each time: 31 January, 28 February, 31 March
    add column anchor_day int check (anchor_day between 1 and 31),
    add column cancel_at_period_end boolean not null default false,
    -- the tier it changes to when the period ends
    add column next_tier_id uuid,
    -- what was charged for the running period
    add column charge_id uuid;
update $service$.subscriptions
set period_start = started_at, anchor_day = extract(day from started_at at time zone 'UTC');
alter table $service$.subscriptions alter column period_start set not null, alter column anchor_day set not null;

drop index $service$.subscriptions_one_live_per_user;
-- One live subscription per user and product: the loser of a race is told so.
create unique index subscriptions_one_live_per_product on $service$.subscriptions (tenant_id, user_id, product)
    where status in ('pending', 'trialing', 'active', 'paused', 'suspended');
create index subscriptions_due on $service$.subscriptions (expires_at) where status in ('trialing', 'active', 'suspended');
create index subscriptions_unpaid on $service$.subscriptions (created_at) where status = 'pending';

alter table $service$.subscription_events add column actor text not null default 'system';

-- What a subscription was told to pay: one line for the plan, from which later changes may take back what is left of it.
create table $service$.subscription_charges (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    tier_id uuid not null,
    reason text not null,
    period_start timestamptz not null,
    period_end timestamptz not null,
    currency text not null,
    charged numeric(18,2) not null check (charged >= 0),
    -- taken back from it by later charges
    credited numeric(18,2) not null default 0,
    -- what it takes back from an earlier one
    credit numeric(18,2) not null default 0 check (credit >= 0),
    status text not null check (status in ('open', 'overdue', 'paid', 'withdrawn')),
    invoice_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subscription_id) references $service$.subscriptions (tenant_id, id),
    constraint subscription_charges_credit_within_charge check (credited between 0 and charged)
);
create index subscription_charges_of_subscription on $service$.subscription_charges (tenant_id, subscription_id, id);
