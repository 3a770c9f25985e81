-- Schema payment_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

create table fx_quotes (
    tenant_id text not null,
    id uuid not null,
    from_currency text not null,
    to_currency text not null default 'IDR'::text,
    rate numeric(18,6) not null,
    source text not null,
    quoted_at timestamp with time zone not null,
    valid_until timestamp with time zone not null,
    created_at timestamp with time zone not null,
    constraint fx_quotes_pkey PRIMARY KEY (tenant_id, id),
    constraint fx_quotes_check CHECK ((valid_until > quoted_at)),
    constraint fx_quotes_rate_check CHECK ((rate > (0)::numeric))
);
CREATE INDEX fx_quotes_newest ON payment_management.fx_quotes USING btree (tenant_id, from_currency, quoted_at DESC);
alter table fx_quotes enable row level security;
alter table fx_quotes force row level security;
create policy jobs_see_all on fx_quotes as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on fx_quotes as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on fx_quotes to payments_app;
grant delete, insert, select, update on fx_quotes to payments_jobs;

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
CREATE INDEX idempotency_keys_by_age ON payment_management.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy jobs_see_all on idempotency_keys as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on idempotency_keys to payments_app;
grant delete, insert, select, update on idempotency_keys to payments_jobs;

create table inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamp with time zone not null,
    constraint inbox_pkey PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX inbox_by_age ON payment_management.inbox USING btree (handled_at);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to payments_app;
grant delete, insert, select, update on inbox to payments_jobs;

create table merchant_accounts (
    tenant_id text not null,
    id uuid not null,
    provider text not null default 'midtrans'::text,
    merchant_id text not null,
    server_key text not null,
    client_key text not null,
    active boolean not null default true,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    constraint merchant_accounts_pkey PRIMARY KEY (tenant_id, id),
    constraint merchant_accounts_merchant UNIQUE (tenant_id, provider, merchant_id)
);
CREATE UNIQUE INDEX merchant_accounts_one_active ON payment_management.merchant_accounts USING btree (tenant_id) WHERE active;
alter table merchant_accounts enable row level security;
alter table merchant_accounts force row level security;
create policy jobs_see_all on merchant_accounts as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on merchant_accounts as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on merchant_accounts to payments_app;
grant delete, insert, select, update on merchant_accounts to payments_jobs;

create table midtrans_notices (
    tenant_id text not null,
    content_hash bytea not null,
    order_id text not null,
    transaction_status text not null,
    body text not null,
    received_at timestamp with time zone not null,
    times_received integer not null default 1,
    processed_at timestamp with time zone,
    outcome text,
    payment_id uuid,
    attempts integer not null default 0,
    next_try_at timestamp with time zone not null default now(),
    rechecks integer not null default 0,
    constraint midtrans_notices_pkey PRIMARY KEY (tenant_id, content_hash)
);
CREATE INDEX midtrans_notices_due ON payment_management.midtrans_notices USING btree (next_try_at) WHERE (processed_at IS NULL);
alter table midtrans_notices enable row level security;
alter table midtrans_notices force row level security;
create policy jobs_see_all on midtrans_notices as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on midtrans_notices as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on midtrans_notices to payments_app;
grant delete, insert, select, update on midtrans_notices to payments_jobs;

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
create policy jobs_see_all on outbox as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on outbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on outbox to payments_app;
grant delete, insert, select, update on outbox to payments_jobs;

create table payment_events (
    tenant_id text not null,
    id uuid not null,
    payment_id uuid not null,
    event_type text not null,
    from_status text,
    to_status text not null,
    detail text not null,
    created_at timestamp with time zone not null,
    before jsonb,
    after jsonb,
    actor text,
    constraint payment_events_pkey PRIMARY KEY (tenant_id, id),
    constraint payment_events_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payment_transactions(tenant_id, id)
);
CREATE INDEX payment_events_of_payment ON payment_management.payment_events USING btree (tenant_id, payment_id, id);
alter table payment_events enable row level security;
alter table payment_events force row level security;
create policy jobs_see_all on payment_events as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on payment_events as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant insert, select on payment_events to payments_app;
grant insert, select on payment_events to payments_jobs;

create table payment_transactions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    subscription_id uuid,
    invoice_id uuid not null,
    order_id text not null,
    attempt integer not null default 1,
    external_transaction_id text,
    amount numeric(18,2) not null,
    currency text not null default 'IDR'::text,
    payment_method text not null,
    bank text,
    description text not null,
    status text not null default 'pending'::text,
    status_reason text,
    provider_state text not null default 'pending'::text,
    refunded_amount numeric(18,2) not null default 0,
    disputed_at timestamp with time zone,
    instructions jsonb,
    provider_response jsonb,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    expires_at timestamp with time zone,
    settled_at timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    lookups integer not null default 0,
    next_lookup_at timestamp with time zone not null,
    trace_parent text,
    provider text not null default 'midtrans'::text,
    merchant_account_id uuid,
    payment_method_id uuid,
    invoice_amount numeric(18,2) not null,
    invoice_currency text not null,
    quote_id uuid,
    details jsonb not null default '{}'::jsonb,
    placed_at timestamp with time zone,
    provider_session text,
    refunding_amount numeric(18,2) not null default 0,
    surplus_at timestamp with time zone,
    version integer not null default 0,
    installment integer not null default 1,
    compared_at timestamp with time zone,
    surplus_handled_at timestamp with time zone,
    card_kept_at timestamp with time zone,
    constraint payment_transactions_pkey PRIMARY KEY (tenant_id, id),
    constraint payment_transactions_order UNIQUE (order_id),
    constraint payment_transactions_tenant_id_merchant_account_id_fkey FOREIGN KEY (tenant_id, merchant_account_id) REFERENCES merchant_accounts(tenant_id, id),
    constraint payment_transactions_tenant_id_quote_id_fkey FOREIGN KEY (tenant_id, quote_id) REFERENCES fx_quotes(tenant_id, id),
    constraint payment_transactions_amount_check CHECK ((amount > (0)::numeric)),
    constraint payment_transactions_check CHECK (((refunded_amount >= (0)::numeric) AND (refunded_amount <= amount))),
    constraint payment_transactions_installment_check CHECK ((installment > 0)),
    constraint payment_transactions_refunding_amount_check CHECK ((refunding_amount >= (0)::numeric)),
    constraint payment_transactions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'success'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX payment_transactions_due_for_lookup ON payment_management.payment_transactions USING btree (next_lookup_at) WHERE (status = 'pending'::text);
CREATE INDEX payment_transactions_of_invoice ON payment_management.payment_transactions USING btree (tenant_id, invoice_id);
CREATE INDEX payment_transactions_of_user ON payment_management.payment_transactions USING btree (tenant_id, user_id, id);
CREATE INDEX payment_transactions_settled ON payment_management.payment_transactions USING btree (tenant_id, settled_at, id) WHERE (settled_at IS NOT NULL);
CREATE INDEX payment_transactions_touched ON payment_management.payment_transactions USING btree (tenant_id, updated_at);
CREATE UNIQUE INDEX payment_transactions_one_open_per_invoice ON payment_management.payment_transactions USING btree (tenant_id, invoice_id) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX payment_transactions_one_success_per_installment ON payment_management.payment_transactions USING btree (tenant_id, invoice_id, installment) WHERE ((status = 'success'::text) AND (surplus_at IS NULL));
alter table payment_transactions enable row level security;
alter table payment_transactions force row level security;
create policy jobs_see_all on payment_transactions as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on payment_transactions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on payment_transactions to payments_app;
grant delete, insert, select, update on payment_transactions to payments_jobs;

create table reconciliation_checks (
    tenant_id text not null,
    day date not null,
    payment_id uuid not null,
    attempts integer not null default 0,
    next_try_at timestamp with time zone not null,
    constraint reconciliation_checks_pkey PRIMARY KEY (tenant_id, day, payment_id),
    constraint reconciliation_checks_tenant_id_day_fkey FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_reports(tenant_id, day)
);
CREATE INDEX reconciliation_checks_due ON payment_management.reconciliation_checks USING btree (next_try_at);
alter table reconciliation_checks enable row level security;
alter table reconciliation_checks force row level security;
create policy jobs_see_all on reconciliation_checks as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on reconciliation_checks as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on reconciliation_checks to payments_app;
grant delete, insert, select, update on reconciliation_checks to payments_jobs;

create table reconciliation_reports (
    tenant_id text not null,
    day date not null,
    checked integer not null,
    agreed integer not null,
    unclear integer not null,
    differences jsonb not null,
    created_at timestamp with time zone not null,
    constraint reconciliation_reports_pkey PRIMARY KEY (tenant_id, day)
);
alter table reconciliation_reports enable row level security;
alter table reconciliation_reports force row level security;
create policy jobs_see_all on reconciliation_reports as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on reconciliation_reports as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on reconciliation_reports to payments_app;
grant delete, insert, select, update on reconciliation_reports to payments_jobs;

create table refunds (
    tenant_id text not null,
    id uuid not null,
    payment_id uuid not null,
    refund_key text not null,
    amount numeric(18,2) not null,
    reason text not null,
    direct boolean not null,
    status text not null default 'pending'::text,
    status_reason text,
    requested_by text not null,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    lookups integer not null default 0,
    next_lookup_at timestamp with time zone not null,
    constraint refunds_pkey PRIMARY KEY (tenant_id, id),
    constraint refunds_key UNIQUE (tenant_id, payment_id, refund_key),
    constraint refunds_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payment_transactions(tenant_id, id),
    constraint refunds_amount_check CHECK ((amount > (0)::numeric)),
    constraint refunds_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'success'::text, 'failed'::text])))
);
CREATE INDEX refunds_due ON payment_management.refunds USING btree (next_lookup_at) WHERE (status = 'pending'::text);
alter table refunds enable row level security;
alter table refunds force row level security;
create policy jobs_see_all on refunds as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on refunds as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on refunds to payments_app;
grant delete, insert, select, update on refunds to payments_jobs;

create table user_payment_methods (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    type text not null,
    provider text not null,
    encrypted_data text not null,
    is_default boolean not null default false,
    active boolean not null default true,
    created_at timestamp with time zone not null,
    display text not null default ''::text,
    token_fingerprint bytea,
    state text not null default 'enabled'::text,
    merchant_account_id uuid,
    expires_at timestamp with time zone,
    updated_at timestamp with time zone,
    constraint user_payment_methods_pkey PRIMARY KEY (tenant_id, id),
    constraint user_payment_methods_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'enabled'::text, 'disabled'::text]))),
    constraint user_payment_methods_type_check CHECK ((type = ANY (ARRAY['credit_card'::text, 'bank_account'::text, 'e_wallet'::text])))
);
CREATE UNIQUE INDEX user_payment_methods_one_default ON payment_management.user_payment_methods USING btree (tenant_id, user_id) WHERE (is_default AND active);
CREATE UNIQUE INDEX user_payment_methods_token ON payment_management.user_payment_methods USING btree (tenant_id, user_id, token_fingerprint) WHERE active;
alter table user_payment_methods enable row level security;
alter table user_payment_methods force row level security;
create policy jobs_see_all on user_payment_methods as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on user_payment_methods as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_payment_methods to payments_app;
grant delete, insert, select, update on user_payment_methods to payments_jobs;

create table wallet_unlinks (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    merchant_account_id uuid,
    encrypted_data text not null,
    token_fingerprint bytea,
    attempts integer not null default 0,
    next_try_at timestamp with time zone not null,
    created_at timestamp with time zone not null,
    constraint wallet_unlinks_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX wallet_unlinks_due ON payment_management.wallet_unlinks USING btree (next_try_at);
alter table wallet_unlinks enable row level security;
alter table wallet_unlinks force row level security;
create policy jobs_see_all on wallet_unlinks as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on wallet_unlinks as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on wallet_unlinks to payments_app;
grant delete, insert, select, update on wallet_unlinks to payments_jobs;

create sequence schema_versions_schemaversionsid_seq;
