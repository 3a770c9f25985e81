-- How a tenant appeared on documents from a moment on, by a hash of what it says. Invoices and credit notes keep the one they were issued by:
-- their documents and pages show it for ever, whatever the profile says later.
create table $service$.sellers (
    tenant_id text not null,
    id uuid not null,
    legal_name text not null,
    address text not null,
    tax_id text,
    email text,
    locale text not null,
    logo_id text,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
-- No foreign keys: a thousand invoices of a page would lock the one row a thousand times. Rows of sellers are never deleted.
-- Null: a draft, or issued before this was kept.
alter table $service$.invoices add column seller_id uuid;
alter table $service$.credit_notes add column seller_id uuid;
