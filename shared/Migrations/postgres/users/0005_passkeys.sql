-- Keys of authenticators (WebAuthn) with which a user signs in without a password. Only public keys are here.
create table $service$.passkeys (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    -- chosen by the authenticator
    credential_id bytea not null check (octet_length(credential_id) between 1 and 1023),
    -- as COSE
    public_key bytea not null,
    -- rises with every use; stays 0 with authenticators that do not count
    sign_count bigint not null,
    -- how browsers reach the authenticator, in their words, comma-separated
    transports text not null,
    -- the key is copied to the other devices of its owner
    synced boolean not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, credential_id),
    foreign key (tenant_id, user_id) references $service$.users (tenant_id, id) on delete cascade
);
create index passkeys_of_user on $service$.passkeys (tenant_id, user_id);
