-- How a tenant appears on its documents. Without a row its name and language, and all methods.
create table $service$.billing_profiles (
    tenant_id text primary key,
    legal_name text not null,
    address text not null default '',
    tax_id text,
    email text,
    locale text not null check (locale in ('en', 'id')),
    methods text[] not null,
    logo_id text,
    updated_at timestamptz not null
);

-- Pictures by the hash of their bytes; documents that were made with one keep it.
create table $service$.billing_logos (
    tenant_id text not null,
    id text not null,
    bytes bytea not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);

-- The files that were made, each with what it says. A subject has one for each state it has been in; none ever changes.
create table $service$.documents (
    tenant_id text not null,
    id uuid not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    subject_id uuid not null,
    version text not null,
    number text not null,
    content jsonb not null,
    blob_name text not null,
    sha256 bytea not null,
    size_bytes int not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint documents_one_per_version unique (tenant_id, kind, subject_id, version)
);
