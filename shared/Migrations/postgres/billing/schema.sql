-- Schema billing_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

create table answered_requests (
    tenant_id text not null,
    request_key text not null,
    request_hash bytea not null,
    subject_id uuid not null,
    created_at timestamp with time zone not null,
    constraint answered_requests_pkey PRIMARY KEY (tenant_id, request_key)
);
CREATE INDEX answered_requests_by_age ON billing_management.answered_requests USING btree (created_at);
alter table answered_requests enable row level security;
alter table answered_requests force row level security;
create policy jobs_see_all on answered_requests as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on answered_requests as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on answered_requests to billing_app;
grant delete, insert, select, update on answered_requests to billing_jobs;

create table billing_agreements (
    tenant_id text not null,
    subscription_id uuid not null,
    user_id uuid not null,
    version bigint not null,
    tier_code text not null,
    tier_name text not null,
    billing_cycle text not null,
    anchor_day integer not null,
    currency text not null,
    price numeric(18,2) not null,
    next_billing_at timestamp with time zone,
    next_bill jsonb,
    parked_reason text,
    parked_at timestamp with time zone,
    run_id uuid,
    run_periods integer not null default 0,
    updated_at timestamp with time zone not null,
    constraint billing_agreements_pkey PRIMARY KEY (tenant_id, subscription_id),
    constraint billing_agreements_anchor_day_check CHECK (((anchor_day >= 1) AND (anchor_day <= 31))),
    constraint billing_agreements_billing_cycle_check CHECK ((billing_cycle = ANY (ARRAY['monthly'::text, 'yearly'::text])))
);
CREATE INDEX billing_agreements_due ON billing_management.billing_agreements USING btree (tenant_id, next_billing_at, subscription_id) WHERE ((next_billing_at IS NOT NULL) AND (parked_reason IS NULL));
CREATE INDEX billing_agreements_parked ON billing_management.billing_agreements USING btree (tenant_id, parked_at) WHERE (parked_reason IS NOT NULL);
alter table billing_agreements enable row level security;
alter table billing_agreements force row level security;
create policy jobs_see_all on billing_agreements as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_agreements as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_agreements to billing_app;
grant delete, insert, select, update on billing_agreements to billing_jobs;

create table billing_history (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    event_type text not null,
    event_data jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null,
    constraint billing_history_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX billing_history_of_discarded ON billing_management.billing_history USING btree (tenant_id) WHERE (event_type = 'draft_discarded'::text);
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

create table billing_run_parked (
    tenant_id text not null,
    run_id uuid not null,
    subscription_id uuid not null,
    period_start timestamp with time zone not null,
    reason text not null,
    constraint billing_run_parked_pkey PRIMARY KEY (tenant_id, run_id, subscription_id),
    constraint billing_run_parked_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES billing_runs(tenant_id, id)
);
alter table billing_run_parked enable row level security;
alter table billing_run_parked force row level security;
create policy jobs_see_all on billing_run_parked as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_run_parked as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_run_parked to billing_app;
grant delete, insert, select, update on billing_run_parked to billing_jobs;

create table billing_runs (
    tenant_id text not null,
    id uuid not null,
    trigger text not null,
    status text not null,
    as_of timestamp with time zone not null,
    due bigint not null default 0,
    created bigint not null default 0,
    existing bigint not null default 0,
    parked bigint not null default 0,
    started_at timestamp with time zone not null,
    completed_at timestamp with time zone,
    constraint billing_runs_pkey PRIMARY KEY (tenant_id, id),
    constraint billing_runs_account_for_all CHECK ((due = ((created + existing) + parked))),
    constraint billing_runs_status_check CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text]))),
    constraint billing_runs_trigger_check CHECK ((trigger = ANY (ARRAY['monthly'::text, 'daily'::text, 'request'::text, 'clock'::text])))
);
CREATE UNIQUE INDEX billing_runs_one_at_a_time ON billing_management.billing_runs USING btree (tenant_id) WHERE (status = 'running'::text);
alter table billing_runs enable row level security;
alter table billing_runs force row level security;
create policy jobs_see_all on billing_runs as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on billing_runs as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on billing_runs to billing_app;
grant delete, insert, select, update on billing_runs to billing_jobs;

create table charge_credits (
    tenant_id text not null,
    charge_id uuid not null,
    credited_charge_id uuid not null,
    amount numeric(18,2) not null,
    charged numeric(18,2) not null,
    created_at timestamp with time zone not null,
    constraint charge_credits_pkey PRIMARY KEY (tenant_id, charge_id),
    constraint charge_credits_amount_check CHECK ((amount >= (0)::numeric)),
    constraint charge_credits_charged_check CHECK ((charged >= (0)::numeric))
);
CREATE INDEX charge_credits_of_charge ON billing_management.charge_credits USING btree (tenant_id, credited_charge_id);
alter table charge_credits enable row level security;
alter table charge_credits force row level security;
create policy jobs_see_all on charge_credits as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on charge_credits as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on charge_credits to billing_app;
grant delete, insert, select, update on charge_credits to billing_jobs;

create table coupon_redemptions (
    tenant_id text not null,
    id uuid not null,
    coupon_id uuid not null,
    user_id uuid not null,
    subscription_id uuid,
    invoices_left integer,
    redeemed_at timestamp with time zone not null,
    constraint coupon_redemptions_pkey PRIMARY KEY (tenant_id, id),
    constraint coupon_redemptions_one_per_user UNIQUE (tenant_id, user_id, coupon_id),
    constraint coupon_redemptions_tenant_id_coupon_id_fkey FOREIGN KEY (tenant_id, coupon_id) REFERENCES coupons(tenant_id, id),
    constraint coupon_redemptions_invoices_left_check CHECK ((invoices_left >= 0))
);
alter table coupon_redemptions enable row level security;
alter table coupon_redemptions force row level security;
create policy jobs_see_all on coupon_redemptions as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on coupon_redemptions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on coupon_redemptions to billing_app;
grant delete, insert, select, update on coupon_redemptions to billing_jobs;

create table coupons (
    tenant_id text not null,
    id uuid not null,
    code text not null,
    percent numeric(5,2),
    amount numeric(18,2),
    currency text,
    duration text not null,
    invoices integer,
    tiers text[],
    max_redemptions integer,
    redemptions integer not null default 0,
    redeem_by timestamp with time zone,
    active boolean not null default true,
    created_at timestamp with time zone not null,
    constraint coupons_pkey PRIMARY KEY (tenant_id, id),
    constraint coupons_code UNIQUE (tenant_id, code),
    constraint coupons_amount_check CHECK ((amount > (0)::numeric)),
    constraint coupons_check CHECK (((percent IS NULL) <> (amount IS NULL))),
    constraint coupons_check1 CHECK (((amount IS NULL) OR (currency IS NOT NULL))),
    constraint coupons_check2 CHECK (((duration = 'repeating'::text) = (invoices IS NOT NULL))),
    constraint coupons_duration_check CHECK ((duration = ANY (ARRAY['once'::text, 'repeating'::text, 'forever'::text]))),
    constraint coupons_invoices_check CHECK ((invoices > 0)),
    constraint coupons_max_redemptions_check CHECK ((max_redemptions > 0)),
    constraint coupons_percent_check CHECK (((percent > (0)::numeric) AND (percent <= (100)::numeric))),
    constraint coupons_within_limit CHECK ((redemptions <= max_redemptions))
);
alter table coupons enable row level security;
alter table coupons force row level security;
create policy jobs_see_all on coupons as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on coupons as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on coupons to billing_app;
grant delete, insert, select, update on coupons to billing_jobs;

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
    payment_id uuid,
    credit_note_id uuid,
    actor text,
    request_key text,
    request_hash bytea,
    constraint credit_entries_pkey PRIMARY KEY (tenant_id, id),
    constraint credit_entries_one_per_charge UNIQUE (tenant_id, charge_id),
    constraint credit_entries_one_per_request UNIQUE (tenant_id, request_key),
    constraint credit_entries_amount_check CHECK ((amount <> (0)::numeric))
);
CREATE INDEX credit_entries_by_time ON billing_management.credit_entries USING btree (tenant_id, created_at);
CREATE INDEX credit_entries_of_user ON billing_management.credit_entries USING btree (tenant_id, user_id, id);
alter table credit_entries enable row level security;
alter table credit_entries force row level security;
create policy jobs_see_all on credit_entries as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_entries as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_entries to billing_app;
grant delete, insert, select, update on credit_entries to billing_jobs;

create table credit_note_counters (
    tenant_id text not null,
    month date not null,
    last_number bigint not null,
    constraint credit_note_counters_pkey PRIMARY KEY (tenant_id, month)
);
alter table credit_note_counters enable row level security;
alter table credit_note_counters force row level security;
create policy jobs_see_all on credit_note_counters as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_note_counters as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_note_counters to billing_app;
grant delete, insert, select, update on credit_note_counters to billing_jobs;

create table credit_note_lines (
    tenant_id text not null,
    id uuid not null,
    credit_note_id uuid not null,
    invoice_line_id uuid not null,
    description text not null,
    amount numeric(18,2) not null,
    constraint credit_note_lines_pkey PRIMARY KEY (tenant_id, id),
    constraint credit_note_lines_tenant_id_credit_note_id_fkey FOREIGN KEY (tenant_id, credit_note_id) REFERENCES credit_notes(tenant_id, id),
    constraint credit_note_lines_amount_check CHECK ((amount <> (0)::numeric))
);
CREATE INDEX credit_note_lines_of_line ON billing_management.credit_note_lines USING btree (tenant_id, invoice_line_id);
CREATE INDEX credit_note_lines_of_note ON billing_management.credit_note_lines USING btree (tenant_id, credit_note_id);
alter table credit_note_lines enable row level security;
alter table credit_note_lines force row level security;
create policy jobs_see_all on credit_note_lines as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_note_lines as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_note_lines to billing_app;
grant delete, insert, select, update on credit_note_lines to billing_jobs;

create table credit_note_refunds (
    tenant_id text not null,
    id uuid not null,
    credit_note_id uuid not null,
    invoice_id uuid not null,
    payment_id uuid not null,
    user_id uuid not null,
    amount numeric(18,2) not null,
    currency text not null,
    reason text not null,
    status text not null default 'pending'::text,
    status_reason text,
    ask_at timestamp with time zone,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    constraint credit_note_refunds_pkey PRIMARY KEY (tenant_id, id),
    constraint credit_note_refunds_tenant_id_credit_note_id_fkey FOREIGN KEY (tenant_id, credit_note_id) REFERENCES credit_notes(tenant_id, id),
    constraint credit_note_refunds_amount_check CHECK ((amount > (0)::numeric)),
    constraint credit_note_refunds_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'refused'::text])))
);
CREATE INDEX credit_note_refunds_of_note ON billing_management.credit_note_refunds USING btree (tenant_id, credit_note_id);
CREATE INDEX credit_note_refunds_of_payment ON billing_management.credit_note_refunds USING btree (tenant_id, payment_id);
CREATE INDEX credit_note_refunds_to_ask ON billing_management.credit_note_refunds USING btree (ask_at) WHERE (ask_at IS NOT NULL);
alter table credit_note_refunds enable row level security;
alter table credit_note_refunds force row level security;
create policy jobs_see_all on credit_note_refunds as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_note_refunds as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_note_refunds to billing_app;
grant delete, insert, select, update on credit_note_refunds to billing_jobs;

create table credit_notes (
    tenant_id text not null,
    id uuid not null,
    credit_note_number text not null,
    invoice_id uuid not null,
    user_id uuid not null,
    currency text not null,
    reason text not null,
    amount numeric(18,2) not null,
    tax_rate numeric(6,4) not null,
    tax_amount numeric(18,2) not null,
    total_amount numeric(18,2) not null,
    reduced numeric(18,2) not null,
    credited numeric(18,2) not null,
    refunded numeric(18,2) not null,
    actor text not null,
    created_at timestamp with time zone not null,
    request_key text,
    request_hash bytea,
    seller_id uuid,
    constraint credit_notes_pkey PRIMARY KEY (tenant_id, id),
    constraint credit_notes_number UNIQUE (tenant_id, credit_note_number),
    constraint credit_notes_one_per_request UNIQUE (tenant_id, request_key),
    constraint credit_notes_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices(tenant_id, id),
    constraint credit_notes_amount_check CHECK ((amount >= (0)::numeric)),
    constraint credit_notes_check CHECK ((total_amount = (amount + tax_amount))),
    constraint credit_notes_check1 CHECK ((total_amount = ((reduced + credited) + refunded))),
    constraint credit_notes_credited_check CHECK ((credited >= (0)::numeric)),
    constraint credit_notes_reduced_check CHECK ((reduced >= (0)::numeric)),
    constraint credit_notes_refunded_check CHECK ((refunded >= (0)::numeric)),
    constraint credit_notes_tax_amount_check CHECK ((tax_amount >= (0)::numeric)),
    constraint credit_notes_total_amount_check CHECK ((total_amount >= (0)::numeric))
);
CREATE INDEX credit_notes_of_invoice ON billing_management.credit_notes USING btree (tenant_id, invoice_id);
CREATE INDEX credit_notes_of_user ON billing_management.credit_notes USING btree (tenant_id, user_id, id);
alter table credit_notes enable row level security;
alter table credit_notes force row level security;
create policy jobs_see_all on credit_notes as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on credit_notes as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on credit_notes to billing_app;
grant delete, insert, select, update on credit_notes to billing_jobs;

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

create table dunning_policies (
    tenant_id text not null,
    retry_days integer[] not null default '{1,3,7}'::integer[],
    suspend_after_days integer not null default 14,
    write_off_after_days integer not null default 60,
    updated_at timestamp with time zone not null,
    updated_by text not null,
    constraint dunning_policies_pkey PRIMARY KEY (tenant_id)
);
alter table dunning_policies enable row level security;
alter table dunning_policies force row level security;
create policy jobs_see_all on dunning_policies as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on dunning_policies as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on dunning_policies to billing_app;
grant delete, insert, select, update on dunning_policies to billing_jobs;

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
CREATE INDEX inbox_by_age ON billing_management.inbox USING btree (handled_at);
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
    period_start timestamp with time zone,
    period_end timestamp with time zone,
    days integer,
    of_days integer,
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
    invoice_number text,
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
    is_draft boolean not null default false,
    subtotal numeric(18,2) not null default 0,
    discount numeric(18,2) not null default 0,
    tax_mode text not null default 'exclusive'::text,
    tax_base numeric(18,2) not null default 0,
    is_renewal boolean not null default false,
    superseded_at timestamp with time zone,
    amount_paid numeric(18,2) not null default 0,
    amount_credited numeric(18,2) not null default 0,
    collect_at timestamp with time zone,
    collect_attempts integer not null default 0,
    reminded_week text,
    dunning_stage integer not null default 0,
    reopened_at timestamp with time zone,
    written_off_at timestamp with time zone,
    seller_id uuid,
    reopenings integer not null default 0,
    constraint invoices_pkey PRIMARY KEY (tenant_id, id),
    constraint invoices_number UNIQUE (tenant_id, invoice_number),
    constraint invoices_amount_check CHECK ((amount >= (0)::numeric)),
    constraint invoices_amount_credited_check CHECK ((amount_credited >= (0)::numeric)),
    constraint invoices_amount_paid_check CHECK ((amount_paid >= (0)::numeric)),
    constraint invoices_check CHECK ((total_amount = (amount + tax_amount))),
    constraint invoices_draft_without_number CHECK ((is_draft = (invoice_number IS NULL))),
    constraint invoices_not_overpaid CHECK (((amount_paid + amount_credited) <= total_amount)),
    constraint invoices_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'overdue'::text, 'cancelled'::text]))),
    constraint invoices_tax_amount_check CHECK ((tax_amount >= (0)::numeric)),
    constraint invoices_tax_mode_check CHECK ((tax_mode = ANY (ARRAY['exclusive'::text, 'inclusive'::text])))
);
CREATE INDEX invoices_of_user ON billing_management.invoices USING btree (tenant_id, user_id, id);
CREATE INDEX invoices_to_collect_by_tenant ON billing_management.invoices USING btree (tenant_id, collect_at) WHERE (collect_at IS NOT NULL);
CREATE INDEX invoices_unpaid ON billing_management.invoices USING btree (tenant_id, due_date) WHERE ((status = ANY (ARRAY['pending'::text, 'overdue'::text])) AND (written_off_at IS NULL));
CREATE UNIQUE INDEX invoices_one_per_charge ON billing_management.invoices USING btree (tenant_id, charge_id) WHERE (superseded_at IS NULL);
CREATE UNIQUE INDEX invoices_one_per_period ON billing_management.invoices USING btree (tenant_id, subscription_id, period_start) WHERE (charge_id IS NULL);
CREATE UNIQUE INDEX invoices_one_per_renewal ON billing_management.invoices USING btree (tenant_id, subscription_id, period_start) WHERE (is_renewal AND (superseded_at IS NULL));
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

create table payments_received (
    tenant_id text not null,
    payment_id uuid not null,
    invoice_id uuid not null,
    user_id uuid not null,
    currency text not null,
    amount numeric(18,2) not null default 0,
    method text,
    applied numeric(18,2) not null default 0,
    credited numeric(18,2) not null default 0,
    returned numeric(18,2) not null default 0,
    credited_net numeric(18,2) not null default 0,
    refunded numeric(18,2) not null default 0,
    uncovered numeric(18,2) not null default 0,
    flag text,
    received_at timestamp with time zone,
    reversed_at timestamp with time zone,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    placed numeric(18,2) not null default 0,
    constraint payments_received_pkey PRIMARY KEY (tenant_id, payment_id),
    constraint payments_received_amount_check CHECK ((amount >= (0)::numeric)),
    constraint payments_received_applied_check CHECK ((applied >= (0)::numeric)),
    constraint payments_received_check CHECK ((((applied + credited) + returned) =
CASE
    WHEN (reversed_at IS NULL) THEN amount
    ELSE (0)::numeric
END)),
    constraint payments_received_credited_check CHECK ((credited >= (0)::numeric)),
    constraint payments_received_credited_net_check CHECK ((credited_net >= (0)::numeric)),
    constraint payments_received_placed_check CHECK ((placed >= (0)::numeric)),
    constraint payments_received_refunded_check CHECK ((refunded >= (0)::numeric)),
    constraint payments_received_returned_check CHECK ((returned >= (0)::numeric)),
    constraint payments_received_uncovered_check CHECK ((uncovered >= (0)::numeric))
);
CREATE INDEX payments_received_by_time ON billing_management.payments_received USING btree (tenant_id, received_at);
CREATE INDEX payments_received_of_invoice ON billing_management.payments_received USING btree (tenant_id, invoice_id);
alter table payments_received enable row level security;
alter table payments_received force row level security;
create policy jobs_see_all on payments_received as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on payments_received as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on payments_received to billing_app;
grant delete, insert, select, update on payments_received to billing_jobs;

create table sellers (
    tenant_id text not null,
    id uuid not null,
    legal_name text not null,
    address text not null,
    tax_id text,
    email text,
    locale text not null,
    logo_id text,
    created_at timestamp with time zone not null,
    constraint sellers_pkey PRIMARY KEY (tenant_id, id)
);
alter table sellers enable row level security;
alter table sellers force row level security;
create policy jobs_see_all on sellers as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on sellers as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on sellers to billing_app;
grant delete, insert, select, update on sellers to billing_jobs;

create table tax_modes (
    tenant_id text not null,
    currency text not null,
    mode text not null,
    constraint tax_modes_pkey PRIMARY KEY (tenant_id, currency),
    constraint tax_modes_mode_check CHECK ((mode = ANY (ARRAY['exclusive'::text, 'inclusive'::text])))
);
alter table tax_modes enable row level security;
alter table tax_modes force row level security;
create policy jobs_see_all on tax_modes as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on tax_modes as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on tax_modes to billing_app;
grant delete, insert, select, update on tax_modes to billing_jobs;

create table tax_rates (
    currency text not null,
    valid_from date not null,
    rate numeric(6,4) not null,
    source text not null,
    constraint tax_rates_pkey PRIMARY KEY (currency, valid_from)
);
grant delete, insert, select, update on tax_rates to billing_app;
grant delete, insert, select, update on tax_rates to billing_jobs;

create table test_clocks (
    tenant_id text not null,
    now timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    constraint test_clocks_pkey PRIMARY KEY (tenant_id)
);
alter table test_clocks enable row level security;
alter table test_clocks force row level security;
create policy jobs_see_all on test_clocks as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on test_clocks as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on test_clocks to billing_app;
grant delete, insert, select, update on test_clocks to billing_jobs;

create table withdrawn_charges (
    tenant_id text not null,
    charge_id uuid not null,
    withdrawn_at timestamp with time zone not null,
    constraint withdrawn_charges_pkey PRIMARY KEY (tenant_id, charge_id)
);
alter table withdrawn_charges enable row level security;
alter table withdrawn_charges force row level security;
create policy jobs_see_all on withdrawn_charges as permissive for all to billing_jobs using (true) with check (true);
create policy tenant_isolation on withdrawn_charges as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on withdrawn_charges to billing_app;
grant delete, insert, select, update on withdrawn_charges to billing_jobs;

create sequence schema_versions_schemaversionsid_seq;
