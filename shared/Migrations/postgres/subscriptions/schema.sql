-- Schema subscription_management as its migrations leave it: to read, not to run. A test holds it to them.
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
CREATE INDEX idempotency_keys_by_age ON subscription_management.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy jobs_see_all on idempotency_keys as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on idempotency_keys to subscriptions_app;
grant delete, insert, select, update on idempotency_keys to subscriptions_jobs;

create table inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamp with time zone not null,
    constraint inbox_pkey PRIMARY KEY (tenant_id, message_id)
);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to subscriptions_app;
grant delete, insert, select, update on inbox to subscriptions_jobs;

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
create policy jobs_see_all on outbox as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on outbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on outbox to subscriptions_app;
grant delete, insert, select, update on outbox to subscriptions_jobs;

create table subscription_events (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    event_type text not null,
    from_status text,
    to_status text not null,
    reason text not null,
    created_at timestamp with time zone not null,
    constraint subscription_events_pkey PRIMARY KEY (tenant_id, id),
    constraint subscription_events_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id)
);
CREATE INDEX subscription_events_of_subscription ON subscription_management.subscription_events USING btree (tenant_id, subscription_id, id);
alter table subscription_events enable row level security;
alter table subscription_events force row level security;
create policy jobs_see_all on subscription_events as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on subscription_events as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on subscription_events to subscriptions_app;
grant delete, insert, select, update on subscription_events to subscriptions_jobs;

create table subscription_tiers (
    tenant_id text not null default '*'::text,
    id uuid not null,
    code text not null,
    name text not null,
    description text not null default ''::text,
    price numeric(18,2) not null,
    billing_cycle text not null,
    features jsonb not null default '[]'::jsonb,
    limits jsonb not null default '{}'::jsonb,
    active boolean not null default true,
    created_at timestamp with time zone not null default now(),
    constraint subscription_tiers_pkey PRIMARY KEY (tenant_id, id),
    constraint subscription_tiers_tenant_id_code_billing_cycle_key UNIQUE (tenant_id, code, billing_cycle),
    constraint subscription_tiers_billing_cycle_check CHECK ((billing_cycle = ANY (ARRAY['monthly'::text, 'yearly'::text])))
);
alter table subscription_tiers enable row level security;
alter table subscription_tiers force row level security;
create policy jobs_see_all on subscription_tiers as permissive for all to subscriptions_jobs using (true) with check (true);
create policy platform_rows_are_read on subscription_tiers as permissive for select to public using ((tenant_id = '*'::text));
create policy tenant_isolation on subscription_tiers as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on subscription_tiers to subscriptions_app;
grant delete, insert, select, update on subscription_tiers to subscriptions_jobs;

create table subscriptions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    tier_id uuid not null,
    status text not null,
    currency text not null,
    price numeric(18,2) not null,
    started_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    auto_renew boolean not null default true,
    payment_method_id uuid,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    constraint subscriptions_pkey PRIMARY KEY (tenant_id, id),
    constraint subscriptions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text])))
);
CREATE UNIQUE INDEX subscriptions_one_live_per_user ON subscription_management.subscriptions USING btree (tenant_id, user_id) WHERE (status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text]));
alter table subscriptions enable row level security;
alter table subscriptions force row level security;
create policy jobs_see_all on subscriptions as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on subscriptions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on subscriptions to subscriptions_app;
grant delete, insert, select, update on subscriptions to subscriptions_jobs;

create table tier_prices (
    tenant_id text not null default '*'::text,
    tier_id uuid not null,
    currency text not null,
    amount numeric(18,2) not null,
    constraint tier_prices_pkey PRIMARY KEY (tenant_id, tier_id, currency),
    constraint tier_prices_tenant_id_tier_id_fkey FOREIGN KEY (tenant_id, tier_id) REFERENCES subscription_tiers(tenant_id, id),
    constraint tier_prices_amount_check CHECK ((amount >= (0)::numeric)),
    constraint tier_prices_currency_check CHECK ((currency = ANY (ARRAY['USD'::text, 'IDR'::text])))
);
alter table tier_prices enable row level security;
alter table tier_prices force row level security;
create policy jobs_see_all on tier_prices as permissive for all to subscriptions_jobs using (true) with check (true);
create policy platform_rows_are_read on tier_prices as permissive for select to public using ((tenant_id = '*'::text));
create policy tenant_isolation on tier_prices as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on tier_prices to subscriptions_app;
grant delete, insert, select, update on tier_prices to subscriptions_jobs;

create table usage_tracking (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    feature_name text not null,
    usage_count bigint not null default 0,
    tracking_period date not null,
    created_at timestamp with time zone not null,
    constraint usage_tracking_pkey PRIMARY KEY (tenant_id, id),
    constraint usage_tracking_tenant_id_subscription_id_feature_name_track_key UNIQUE (tenant_id, subscription_id, feature_name, tracking_period),
    constraint usage_tracking_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id)
);
alter table usage_tracking enable row level security;
alter table usage_tracking force row level security;
create policy jobs_see_all on usage_tracking as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on usage_tracking as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on usage_tracking to subscriptions_app;
grant delete, insert, select, update on usage_tracking to subscriptions_jobs;

create sequence schema_versions_schemaversionsid_seq;
