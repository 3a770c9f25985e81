create table $service$.invoices (
    tenant_id text not null,
    id uuid not null,
    invoice_number text not null,
    user_id uuid not null,
    subscription_id uuid,
    period_start timestamptz,
    period_end timestamptz,
    amount numeric(18,2) not null check (amount >= 0),
    tax_rate numeric(6,4) not null,
    tax_amount numeric(18,2) not null check (tax_amount >= 0),
    total_amount numeric(18,2) not null,
    currency text not null default 'USD',
    status text not null default 'pending' check (status in ('pending', 'paid', 'overdue', 'cancelled')),
    due_date timestamptz not null,
    paid_date timestamptz,
    payment_transaction_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint invoices_number unique (tenant_id, invoice_number),
    -- a period is billed once, however often it is asked for
    constraint invoices_one_per_period unique (tenant_id, subscription_id, period_start),
    check (total_amount = amount + tax_amount)
);
create index invoices_of_user on $service$.invoices (tenant_id, user_id, id);

create table $service$.invoice_line_items (
    tenant_id text not null,
    id uuid not null,
    invoice_id uuid not null,
    description text not null,
    quantity numeric(18,4) not null,
    unit_price numeric(18,2) not null,
    total_price numeric(18,2) not null,
    metadata jsonb not null default '{}',
    primary key (tenant_id, id),
    foreign key (tenant_id, invoice_id) references $service$.invoices (tenant_id, id)
);
create index invoice_line_items_of_invoice on $service$.invoice_line_items (tenant_id, invoice_id);

-- The last number given in a tenant's month; it moves in the transaction that finalises the invoice, so there are no gaps.
create table $service$.invoice_counters (
    tenant_id text not null,
    month date not null,
    last_number bigint not null,
    primary key (tenant_id, month)
);

-- Tax by currency from a day on; they belong to no tenant.
create table $service$.tax_rates (
    currency text not null,
    valid_from date not null,
    rate numeric(6,4) not null,
    source text not null,
    primary key (currency, valid_from)
);
insert into $service$.tax_rates values
    ('IDR', '2022-04-01', 0.11, 'PPN 11 %, Undang-Undang 7/2021 (HPP), pasal 7'),
    ('USD', '2000-01-01', 0, 'set by the owner: sales in USD are not taxed');

create table $service$.billing_history (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    event_type text not null,
    event_data jsonb not null default '{}',
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
create index billing_history_of_user on $service$.billing_history (tenant_id, user_id, id);
