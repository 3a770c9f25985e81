-- Schema subscription_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

create table analytics_buffer (
    id bigint not null generated always as identity,
    tenant_id text not null,
    target text not null,
    lines text[] not null,
    line_count integer not null,
    day date,
    replace_from date,
    replace_to date,
    batch_id uuid,
    created_at timestamp with time zone not null,
    constraint analytics_buffer_pkey PRIMARY KEY (id)
);
CREATE INDEX analytics_buffer_of_batch ON subscription_management.analytics_buffer USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX analytics_buffer_replacing ON subscription_management.analytics_buffer USING btree (id) WHERE (replace_from IS NOT NULL);
alter table analytics_buffer enable row level security;
alter table analytics_buffer force row level security;
create policy jobs_see_all on analytics_buffer as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on analytics_buffer as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on analytics_buffer to subscriptions_app;
grant delete, insert, select, update on analytics_buffer to subscriptions_jobs;

create table analytics_parked (
    tenant_id text not null,
    id uuid not null,
    target text not null,
    day_from date,
    day_to date,
    line text not null,
    reason text not null,
    parked_at timestamp with time zone not null,
    constraint analytics_parked_pkey PRIMARY KEY (tenant_id, id)
);
alter table analytics_parked enable row level security;
alter table analytics_parked force row level security;
create policy jobs_see_all on analytics_parked as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on analytics_parked as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on analytics_parked to subscriptions_app;
grant delete, insert, select, update on analytics_parked to subscriptions_jobs;

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
CREATE INDEX inbox_by_age ON subscription_management.inbox USING btree (handled_at);
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

create table quota_counters (
    tenant_id text not null,
    subscription_id uuid not null,
    feature_name text not null,
    window_start timestamp with time zone not null,
    window_end timestamp with time zone not null,
    used bigint not null,
    granted bigint not null default 0,
    quota bigint not null,
    reached smallint not null default 0,
    published smallint not null default 0,
    constraint quota_counters_pkey PRIMARY KEY (tenant_id, subscription_id, feature_name, window_start),
    constraint quota_counters_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id)
);
CREATE INDEX quota_counters_by_age ON subscription_management.quota_counters USING btree (window_end);
CREATE INDEX quota_counters_to_tell ON subscription_management.quota_counters USING btree (window_end) WHERE (reached > published);
alter table quota_counters enable row level security;
alter table quota_counters force row level security;
create policy jobs_see_all on quota_counters as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on quota_counters as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on quota_counters to subscriptions_app;
grant delete, insert, select, update on quota_counters to subscriptions_jobs;

create table subscription_charges (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    tier_id uuid not null,
    reason text not null,
    period_start timestamp with time zone not null,
    period_end timestamp with time zone not null,
    currency text not null,
    charged numeric(18,2) not null,
    credited numeric(18,2) not null default 0,
    credit numeric(18,2) not null default 0,
    status text not null,
    invoice_id uuid,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    usd_rate numeric(24,12) not null default 1,
    credited_charge_id uuid,
    reopenings integer not null default 0,
    credit_usd_rate numeric(24,12),
    discount numeric(18,2) not null default 0,
    constraint subscription_charges_pkey PRIMARY KEY (tenant_id, id),
    constraint subscription_charges_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id),
    constraint subscription_charges_charged_check CHECK ((charged >= (0)::numeric)),
    constraint subscription_charges_credit_check CHECK ((credit >= (0)::numeric)),
    constraint subscription_charges_credit_within_charge CHECK (((credited >= (0)::numeric) AND (credited <= charged))),
    constraint subscription_charges_status_check CHECK ((status = ANY (ARRAY['open'::text, 'overdue'::text, 'paid'::text, 'withdrawn'::text])))
);
CREATE INDEX subscription_charges_of_subscription ON subscription_management.subscription_charges USING btree (tenant_id, subscription_id, id);
alter table subscription_charges enable row level security;
alter table subscription_charges force row level security;
create policy jobs_see_all on subscription_charges as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on subscription_charges as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on subscription_charges to subscriptions_app;
grant delete, insert, select, update on subscription_charges to subscriptions_jobs;

create table subscription_deltas (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    day date not null,
    tier_name text not null,
    cohort date not null,
    total integer not null default 0,
    started integer not null default 0,
    ended integer not null default 0,
    upgraded integer not null default 0,
    downgraded integer not null default 0,
    trials integer not null default 0,
    converted integer not null default 0,
    mrr_usd numeric(18,2) not null default 0,
    revenue_usd numeric(18,2) not null default 0,
    constraint subscription_deltas_pkey PRIMARY KEY (tenant_id, id),
    constraint subscription_deltas_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id)
);
CREATE INDEX subscription_deltas_by_day ON subscription_management.subscription_deltas USING btree (tenant_id, day);
CREATE INDEX subscription_deltas_of_trials ON subscription_management.subscription_deltas USING btree (tenant_id, subscription_id) WHERE ((trials <> 0) OR (converted <> 0));
alter table subscription_deltas enable row level security;
alter table subscription_deltas force row level security;
create policy jobs_see_all on subscription_deltas as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on subscription_deltas as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on subscription_deltas to subscriptions_app;
grant delete, insert, select, update on subscription_deltas to subscriptions_jobs;

create table subscription_events (
    tenant_id text not null,
    id uuid not null,
    subscription_id uuid not null,
    event_type text not null,
    from_status text,
    to_status text not null,
    reason text not null,
    created_at timestamp with time zone not null,
    actor text not null default 'system'::text,
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
    version integer not null default 1,
    effective_from timestamp with time zone not null default '2000-01-01 00:00:00+00'::timestamp with time zone,
    product text not null default 'platform'::text,
    billing_mode text not null default 'calendar'::text,
    trial_days integer not null default 0,
    constraint subscription_tiers_pkey PRIMARY KEY (tenant_id, id),
    constraint subscription_tiers_one_per_version UNIQUE (tenant_id, code, billing_cycle, version),
    constraint subscription_tiers_billing_cycle_check CHECK ((billing_cycle = ANY (ARRAY['monthly'::text, 'yearly'::text]))),
    constraint subscription_tiers_billing_mode_check CHECK ((billing_mode = ANY (ARRAY['calendar'::text, 'anniversary'::text]))),
    constraint subscription_tiers_trial_days_check CHECK (((trial_days >= 0) AND (trial_days <= 365))),
    constraint subscription_tiers_version_check CHECK ((version > 0))
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
    product text not null default 'platform'::text,
    billing_mode text not null default 'anniversary'::text,
    period_start timestamp with time zone not null,
    anchor_day integer not null,
    cancel_at_period_end boolean not null default false,
    next_tier_id uuid,
    charge_id uuid,
    terms_version bigint not null default 0,
    terms_told boolean not null default false,
    constraint subscriptions_pkey PRIMARY KEY (tenant_id, id),
    constraint subscriptions_anchor_day_check CHECK (((anchor_day >= 1) AND (anchor_day <= 31))),
    constraint subscriptions_billing_mode_check CHECK ((billing_mode = ANY (ARRAY['calendar'::text, 'anniversary'::text]))),
    constraint subscriptions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'trialing'::text, 'active'::text, 'paused'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text])))
);
CREATE INDEX subscriptions_due ON subscription_management.subscriptions USING btree (expires_at) WHERE (status = ANY (ARRAY['trialing'::text, 'active'::text, 'suspended'::text]));
CREATE INDEX subscriptions_unpaid ON subscription_management.subscriptions USING btree (created_at) WHERE (status = 'pending'::text);
CREATE INDEX subscriptions_untold ON subscription_management.subscriptions USING btree (id) WHERE ((NOT terms_told) AND (status = ANY (ARRAY['trialing'::text, 'active'::text])));
CREATE UNIQUE INDEX subscriptions_one_live_per_product ON subscription_management.subscriptions USING btree (tenant_id, user_id, product) WHERE (status = ANY (ARRAY['pending'::text, 'trialing'::text, 'active'::text, 'paused'::text, 'suspended'::text]));
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

create table usage_event_ids (
    tenant_id text not null,
    event_id uuid not null,
    received_at timestamp with time zone not null,
    constraint usage_event_ids_pkey PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX usage_event_ids_by_age ON subscription_management.usage_event_ids USING btree (received_at);
alter table usage_event_ids enable row level security;
alter table usage_event_ids force row level security;
create policy jobs_see_all on usage_event_ids as permissive for all to subscriptions_jobs using (true) with check (true);
create policy tenant_isolation on usage_event_ids as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on usage_event_ids to subscriptions_app;
grant delete, insert, select, update on usage_event_ids to subscriptions_jobs;

create table usage_tracking (
    tenant_id text not null,
    id uuid not null default gen_random_uuid(),
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

create sequence analytics_buffer_id_seq;

create sequence schema_versions_schemaversionsid_seq;
