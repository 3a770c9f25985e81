create table $service$.payment_transactions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    subscription_id uuid,
    invoice_id uuid not null,
    -- our name of the charge at the provider; given before the provider is asked, so an unknown outcome can be looked up
    order_id text not null,
    attempt int not null default 1,
    -- the provider's own id
    external_transaction_id text,
    amount numeric(18,2) not null check (amount > 0),
    currency text not null default 'IDR',
    payment_method text not null,
    bank text,
    description text not null,
    status text not null default 'pending' check (status in ('pending', 'success', 'failed', 'cancelled')),
    status_reason text,
    -- where the charge stands at the provider, in finer steps than status; every move is a compare-and-set on it
    provider_state text not null default 'pending',
    refunded_amount numeric(18,2) not null default 0 check (refunded_amount between 0 and amount),
    disputed_at timestamptz,
    -- what the payer needs: virtual account, code, link
    instructions jsonb,
    provider_response jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at timestamptz,
    settled_at timestamptz,
    -- set when the invoice is gone: the charge is withdrawn at the provider, now or by the next reconciliation
    cancel_requested_at timestamptz,
    lookups int not null default 0,
    next_lookup_at timestamptz not null,
    primary key (tenant_id, id),
    constraint payment_transactions_order unique (order_id)
);
-- A payer has one open charge per invoice; while it is pending a repeated request gets the same one.
create unique index payment_transactions_one_open_per_invoice on $service$.payment_transactions (tenant_id, invoice_id) where status = 'pending';
create index payment_transactions_due_for_lookup on $service$.payment_transactions (next_lookup_at) where status = 'pending';
create index payment_transactions_of_user on $service$.payment_transactions (tenant_id, user_id, id);
create index payment_transactions_of_invoice on $service$.payment_transactions (tenant_id, invoice_id);

create table $service$.user_payment_methods (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    type text not null check (type in ('credit_card', 'bank_account', 'e_wallet')),
    provider text not null,
    encrypted_data text not null,
    is_default boolean not null default false,
    active boolean not null default true,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);

create table $service$.payment_events (
    tenant_id text not null,
    id uuid not null,
    payment_id uuid not null,
    event_type text not null,
    from_status text,
    to_status text not null,
    detail text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, payment_id) references $service$.payment_transactions (tenant_id, id)
);
create index payment_events_of_payment on $service$.payment_events (tenant_id, payment_id, id);

-- Raw notices as they came, keyed by their content: a repeated one is the same row.
create table $service$.midtrans_notices (
    tenant_id text not null,
    content_hash bytea not null,
    order_id text not null,
    transaction_status text not null,
    body text not null,
    received_at timestamptz not null,
    times_received int not null default 1,
    processed_at timestamptz,
    outcome text,
    primary key (tenant_id, content_hash)
);
