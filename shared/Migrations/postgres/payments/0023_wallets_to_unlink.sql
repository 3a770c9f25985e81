-- Wallets that are forgotten here and still linked at the provider: the row is written with the forgetting and goes with the unlinking.
create table $service$.wallet_unlinks (
    tenant_id text not null,
    -- the saved method's: what is sealed is bound to it
    id uuid not null,
    user_id uuid not null,
    merchant_account_id uuid,
    encrypted_data text not null,
    token_fingerprint bytea,
    attempts int not null default 0,
    next_try_at timestamptz not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
create index wallet_unlinks_due on $service$.wallet_unlinks (next_try_at);
