-- Schema payment_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

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
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to payments_app;
grant delete, insert, select, update on inbox to payments_jobs;

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
    constraint midtrans_notices_pkey PRIMARY KEY (tenant_id, content_hash)
);
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
    constraint payment_events_pkey PRIMARY KEY (tenant_id, id),
    constraint payment_events_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payment_transactions(tenant_id, id)
);
CREATE INDEX payment_events_of_payment ON payment_management.payment_events USING btree (tenant_id, payment_id, id);
alter table payment_events enable row level security;
alter table payment_events force row level security;
create policy jobs_see_all on payment_events as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on payment_events as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on payment_events to payments_app;
grant delete, insert, select, update on payment_events to payments_jobs;

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
    constraint payment_transactions_pkey PRIMARY KEY (tenant_id, id),
    constraint payment_transactions_order UNIQUE (order_id),
    constraint payment_transactions_amount_check CHECK ((amount > (0)::numeric)),
    constraint payment_transactions_check CHECK (((refunded_amount >= (0)::numeric) AND (refunded_amount <= amount))),
    constraint payment_transactions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'success'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX payment_transactions_due_for_lookup ON payment_management.payment_transactions USING btree (next_lookup_at) WHERE (status = 'pending'::text);
CREATE INDEX payment_transactions_of_invoice ON payment_management.payment_transactions USING btree (tenant_id, invoice_id);
CREATE INDEX payment_transactions_of_user ON payment_management.payment_transactions USING btree (tenant_id, user_id, id);
CREATE UNIQUE INDEX payment_transactions_one_open_per_invoice ON payment_management.payment_transactions USING btree (tenant_id, invoice_id) WHERE (status = 'pending'::text);
alter table payment_transactions enable row level security;
alter table payment_transactions force row level security;
create policy jobs_see_all on payment_transactions as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on payment_transactions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on payment_transactions to payments_app;
grant delete, insert, select, update on payment_transactions to payments_jobs;

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
    constraint user_payment_methods_pkey PRIMARY KEY (tenant_id, id),
    constraint user_payment_methods_type_check CHECK ((type = ANY (ARRAY['credit_card'::text, 'bank_account'::text, 'e_wallet'::text])))
);
alter table user_payment_methods enable row level security;
alter table user_payment_methods force row level security;
create policy jobs_see_all on user_payment_methods as permissive for all to payments_jobs using (true) with check (true);
create policy tenant_isolation on user_payment_methods as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_payment_methods to payments_app;
grant delete, insert, select, update on user_payment_methods to payments_jobs;

create sequence schema_versions_schemaversionsid_seq;
