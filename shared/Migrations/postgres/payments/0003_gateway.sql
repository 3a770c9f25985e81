-- Merchant accounts of tenants; a tenant without one is charged through the platform's, which stands in the settings.
create table $service$.merchant_accounts (
    tenant_id text not null,
    id uuid not null,
    provider text not null default 'midtrans',
    merchant_id text not null,
    -- sealed: version.keyid.nonce.ciphertext.tag
    server_key text not null,
    client_key text not null,
    -- one is charged through; earlier ones stay readable for the payments they hold
    active boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint merchant_accounts_merchant unique (tenant_id, provider, merchant_id)
);
create unique index merchant_accounts_one_active on $service$.merchant_accounts (tenant_id) where active;

-- What a unit of a foreign currency is worth in rupiah, from when on and until when; a quote is never changed, a newer one is added.
create table $service$.fx_quotes (
    tenant_id text not null,
    id uuid not null,
    from_currency text not null,
    to_currency text not null default 'IDR',
    rate numeric(18,6) not null check (rate > 0),
    source text not null,
    quoted_at timestamptz not null,
    valid_until timestamptz not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    check (valid_until > quoted_at)
);
create index fx_quotes_newest on $service$.fx_quotes (tenant_id, from_currency, quoted_at desc);

alter table $service$.user_payment_methods
    -- what people recognise it by; nothing that can be charged
    add column display text not null default '',
    -- keyed hash of the provider's token: the same card is kept once
    add column token_fingerprint bytea,
    -- a wallet waits for its owner's consent
    add column state text not null default 'enabled' check (state in ('pending', 'enabled', 'disabled')),
    add column merchant_account_id uuid,
    add column expires_at timestamptz,
    add column updated_at timestamptz;
create unique index user_payment_methods_one_default on $service$.user_payment_methods (tenant_id, user_id) where is_default and active;
create unique index user_payment_methods_token on $service$.user_payment_methods (tenant_id, user_id, token_fingerprint) where active;

alter table $service$.payment_transactions
    add column provider text not null default 'midtrans',
    -- null: the platform's account
    add column merchant_account_id uuid,
    add column payment_method_id uuid,
    -- what the invoice asks for; amount and currency are what the provider charges
    add column invoice_amount numeric(18,2),
    add column invoice_currency text,
    add column quote_id uuid,
    -- what else was asked for: items, links, times; no secrets
    add column details jsonb not null default '{}',
    -- since when the provider is known to have it
    add column placed_at timestamptz,
    -- the hosted page of a charge that has no transaction yet
    add column provider_session text,
    -- refunds that are on their way; with refunded_amount never more than amount when a refund begins
    add column refunding_amount numeric(18,2) not null default 0 check (refunding_amount >= 0),
    -- paid although the invoice was paid already: this money is to go back
    add column surplus_at timestamptz,
    -- every change counts it; a change is made only to the version it was decided on
    add column version int not null default 0,
    add foreign key (tenant_id, merchant_account_id) references $service$.merchant_accounts (tenant_id, id),
    add foreign key (tenant_id, quote_id) references $service$.fx_quotes (tenant_id, id);
update $service$.payment_transactions
set invoice_amount = amount, invoice_currency = currency, placed_at = case when external_transaction_id is not null then updated_at end;
alter table $service$.payment_transactions
    alter column invoice_amount set not null,
    alter column invoice_currency set not null;
-- One successful payment per invoice. A further one is a surplus.
create unique index payment_transactions_one_success_per_invoice on $service$.payment_transactions (tenant_id, invoice_id)
    where status = 'success' and surplus_at is null;
create index payment_transactions_touched on $service$.payment_transactions (tenant_id, updated_at);

create table $service$.refunds (
    tenant_id text not null,
    id uuid not null,
    payment_id uuid not null,
    -- the provider does a refund once per key
    refund_key text not null,
    amount numeric(18,2) not null check (amount > 0),
    reason text not null,
    direct boolean not null,
    status text not null default 'pending' check (status in ('pending', 'success', 'failed')),
    status_reason text,
    requested_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    lookups int not null default 0,
    next_lookup_at timestamptz not null,
    primary key (tenant_id, id),
    constraint refunds_key unique (tenant_id, payment_id, refund_key),
    foreign key (tenant_id, payment_id) references $service$.payment_transactions (tenant_id, id)
);
create index refunds_due on $service$.refunds (next_lookup_at) where status = 'pending';

-- The history is only ever added to: no role of the service can change or delete a line.
alter table $service$.payment_events
    add column before jsonb,
    add column after jsonb,
    add column actor text;
revoke update, delete on $service$.payment_events from $app$, $jobs$;

alter table $service$.midtrans_notices
    add column payment_id uuid,
    add column attempts int not null default 0,
    add column next_try_at timestamptz not null default now();
create index midtrans_notices_due on $service$.midtrans_notices (next_try_at) where processed_at is null;

-- What the provider's books and ours said of one day.
create table $service$.reconciliation_reports (
    tenant_id text not null,
    day date not null,
    checked int not null,
    agreed int not null,
    unclear int not null,
    differences jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, day)
);
