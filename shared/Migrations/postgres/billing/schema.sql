-- Schema billing_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

create table billing_history (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    event_type text not null,
    event_data jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null,
    constraint billing_history_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX billing_history_of_user ON billing_management.billing_history USING btree (tenant_id, user_id, id);
alter table billing_history enable row level security;
alter table billing_history force row level security;
create policy jobs_see_all on billing_history as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_history as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_history to billing_app;
grant delete, insert, select, update on billing_history to billing_jobs;

create table billing_logos (
    tenant_id text not null,
    id text not null,
    bytes bytea not null,
    created_at timestamp with time zone not null,
    constraint billing_logos_pkey PRIMARY KEY (tenant_id, id)
);
alter table billing_logos enable row level security;
alter table billing_logos force row level security;
create policy jobs_see_all on billing_logos as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_logos as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_logos to billing_app;
grant delete, insert, select, update on billing_logos to billing_jobs;

create table billing_profiles (
    tenant_id text not null,
    legal_name text not null,
    address text not null default ''::text,
    tax_id text,
    email text,
    locale text not null,
    methods text[] not null,
    logo_id text,
    updated_at timestamp with time zone not null,
    constraint billing_profiles_pkey PRIMARY KEY (tenant_id),
    constraint billing_profiles_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'id'::text])))
);
alter table billing_profiles enable row level security;
alter table billing_profiles force row level security;
create policy jobs_see_all on billing_profiles as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_profiles as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_profiles to billing_app;
grant delete, insert, select, update on billing_profiles to billing_jobs;

create table credit_balances (
    tenant_id text not null,
    user_id uuid not null,
    currency text not null,
    balance numeric(18,2) not null,
    updated_at timestamp with time zone not null,
    constraint credit_balances_pkey PRIMARY KEY (tenant_id, user_id, currency),
    constraint credit_balances_balance_check CHECK ((balance >= (0)::numeric))
);
alter table credit_balances enable row level security;
alter table credit_balances force row level security;
create policy jobs_see_all on credit_balances as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_balances as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_balances to billing_app;
grant delete, insert, select, update on credit_balances to billing_jobs;

create table credit_entries (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    currency text not null,
    amount numeric(18,2) not null,
    reason text not null,
    charge_id uuid,
    invoice_id uuid,
    created_at timestamp with time zone not null,
    constraint credit_entries_pkey PRIMARY KEY (tenant_id, id),
    constraint credit_entries_one_per_charge UNIQUE (tenant_id, charge_id),
    constraint credit_entries_amount_check CHECK ((amount <> (0)::numeric))
);
CREATE INDEX credit_entries_of_user ON billing_management.credit_entries USING btree (tenant_id, user_id, id);
alter table credit_entries enable row level security;
alter table credit_entries force row level security;
create policy jobs_see_all on credit_entries as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_entries as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_entries to billing_app;
grant delete, insert, select, update on credit_entries to billing_jobs;

create table documents (
    tenant_id text not null,
    id uuid not null,
    kind text not null,
    subject_id uuid not null,
    version text not null,
    number text not null,
    content jsonb not null,
    blob_name text not null,
    sha256 bytea not null,
    size_bytes integer not null,
    created_at timestamp with time zone not null,
    constraint documents_pkey PRIMARY KEY (tenant_id, id),
    constraint documents_one_per_version UNIQUE (tenant_id, kind, subject_id, version),
    constraint documents_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text])))
);
alter table documents enable row level security;
alter table documents force row level security;
create policy jobs_see_all on documents as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on documents as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on documents to billing_app;
grant delete, insert, select, update on documents to billing_jobs;

create table idempotency_keys (
    tenant_id text not null,
    key text not null,
    request_hash bytea not null,
    created_at timestamp with time zone not null,
    locked_until timestamp with time zone not null,
    status smallint,
    content_type text,
    location text,
    body bytea,
    constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_by_age ON billing_management.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy jobs_see_all on idempotency_keys as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on idempotency_keys to billing_app;
grant delete, insert, select, update on idempotency_keys to billing_jobs;

create table inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamp with time zone not null,
    constraint inbox_pkey PRIMARY KEY (tenant_id, message_id)
);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to billing_app;
grant delete, insert, select, update on inbox to billing_jobs;

create table invoice_counters (
    tenant_id text not null,
    month date not null,
    last_number bigint not null,
    constraint invoice_counters_pkey PRIMARY KEY (tenant_id, month)
);
alter table invoice_counters enable row level security;
alter table invoice_counters force row level security;
create policy jobs_see_all on invoice_counters as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on invoice_counters as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on invoice_counters to billing_app;
grant delete, insert, select, update on invoice_counters to billing_jobs;

create table invoice_line_items (
    tenant_id text not null,
    id uuid not null,
    invoice_id uuid not null,
    description text not null,
    quantity numeric(18,4) not null,
    unit_price numeric(18,2) not null,
    total_price numeric(18,2) not null,
    metadata jsonb not null default '{}'::jsonb,
    constraint invoice_line_items_pkey PRIMARY KEY (tenant_id, id),
    constraint invoice_line_items_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices(tenant_id, id)
);
CREATE INDEX invoice_line_items_of_invoice ON billing_management.invoice_line_items USING btree (tenant_id, invoice_id);
alter table invoice_line_items enable row level security;
alter table invoice_line_items force row level security;
create policy jobs_see_all on invoice_line_items as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on invoice_line_items as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on invoice_line_items to billing_app;
grant delete, insert, select, update on invoice_line_items to billing_jobs;

create table invoices (
    tenant_id text not null,
    id uuid not null,
    invoice_number text not null,
    user_id uuid not null,
    subscription_id uuid,
    period_start timestamp with time zone,
    period_end timestamp with time zone,
    amount numeric(18,2) not null,
    tax_rate numeric(6,4) not null,
    tax_amount numeric(18,2) not null,
    total_amount numeric(18,2) not null,
    currency text not null default 'USD'::text,
    status text not null default 'pending'::text,
    due_date timestamp with time zone not null,
    paid_date timestamp with time zone,
    payment_transaction_id uuid,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    charge_id uuid,
    constraint invoices_pkey PRIMARY KEY (tenant_id, id),
    constraint invoices_number UNIQUE (tenant_id, invoice_number),
    constraint invoices_one_per_charge UNIQUE (tenant_id, charge_id),
    constraint invoices_amount_check CHECK ((amount >= (0)::numeric)),
    constraint invoices_check CHECK ((total_amount = (amount + tax_amount))),
    constraint invoices_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'overdue'::text, 'cancelled'::text]))),
    constraint invoices_tax_amount_check CHECK ((tax_amount >= (0)::numeric))
);
CREATE INDEX invoices_of_user ON billing_management.invoices USING btree (tenant_id, user_id, id);
CREATE UNIQUE INDEX invoices_one_per_period ON billing_management.invoices USING btree (tenant_id, subscription_id, period_start) WHERE (charge_id IS NULL);
alter table invoices enable row level security;
alter table invoices force row level security;
create policy jobs_see_all on invoices as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on invoices as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on invoices to billing_app;
grant delete, insert, select, update on invoices to billing_jobs;

create table outbox (
    id uuid not null,
    tenant_id text not null,
    destination text not null,
    subject text not null,
    body text not null,
    created_at timestamp with time zone not null,
    available_at timestamp with time zone not null,
    constraint outbox_pkey PRIMARY KEY (id)
);
alter table outbox enable row level security;
alter table outbox force row level security;
create policy jobs_see_all on outbox as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on outbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on outbox to billing_app;
grant delete, insert, select, update on outbox to billing_jobs;

create table tax_rates (
    currency text not null,
    valid_from date not null,
    rate numeric(6,4) not null,
    source text not null,
    constraint tax_rates_pkey PRIMARY KEY (currency, valid_from)
);
grant delete, insert, select, update on tax_rates to billing_app;
grant delete, insert, select, update on tax_rates to billing_jobs;

create sequence schema_versions_schemaversionsid_seq;
