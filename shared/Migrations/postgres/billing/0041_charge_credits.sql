-- What charges take back of earlier ones, as it was really worth: with notes and refunds it never comes to more than was paid.
create table $service$.charge_credits (
    tenant_id text not null,
    charge_id uuid not null,
    credited_charge_id uuid not null,
    amount numeric(18,2) not null check (amount >= 0),
    -- what the charge itself asks for its plan
    charged numeric(18,2) not null check (charged >= 0),
    created_at timestamptz not null,
    primary key (tenant_id, charge_id)
);
create index charge_credits_of_charge on $service$.charge_credits (tenant_id, credited_charge_id);
