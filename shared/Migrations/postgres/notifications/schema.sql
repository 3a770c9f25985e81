-- Schema notification_management as its migrations leave it: to read, not to run. A test holds it to them.
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
CREATE INDEX idempotency_keys_by_age ON notification_management.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy jobs_see_all on idempotency_keys as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on idempotency_keys to notifications_app;
grant delete, insert, select, update on idempotency_keys to notifications_jobs;

create table inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamp with time zone not null,
    constraint inbox_pkey PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX inbox_by_age ON notification_management.inbox USING btree (handled_at);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to notifications_app;
grant delete, insert, select, update on inbox to notifications_jobs;

create table notification_attempts (
    tenant_id text not null,
    notification_id uuid not null,
    id uuid not null,
    at timestamp with time zone not null,
    channel text not null,
    bot text,
    outcome text not null,
    counted boolean not null,
    reason text,
    constraint notification_attempts_pkey PRIMARY KEY (tenant_id, notification_id, id)
);
alter table notification_attempts enable row level security;
alter table notification_attempts force row level security;
create policy jobs_see_all on notification_attempts as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on notification_attempts as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on notification_attempts to notifications_app;
grant delete, insert, select, update on notification_attempts to notifications_jobs;

create table notification_history (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    notification_type text not null,
    dedup_key text not null,
    title text not null,
    message text not null,
    variables jsonb not null default '{}'::jsonb,
    priority integer not null default 3,
    channel text,
    status text not null default 'pending'::text,
    attempts integer not null default 0,
    max_attempts integer not null default 3,
    sent_at timestamp with time zone,
    created_at timestamp with time zone not null,
    available_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    claimed_until timestamp with time zone,
    provider_message_id text,
    error_message text,
    recipient_email text,
    recipient_locale text,
    reason_code text,
    bot text,
    calling boolean not null default false,
    unknown_calls integer not null default 0,
    skipped_channels text[] not null default '{}'::text[],
    digest_id uuid,
    scheduled_for timestamp with time zone,
    template_version text,
    claim_id uuid,
    constraint notification_history_pkey PRIMARY KEY (tenant_id, id),
    constraint notification_history_told_once UNIQUE (tenant_id, dedup_key),
    constraint notification_history_channel_check CHECK ((channel = ANY (ARRAY['telegram'::text, 'email'::text]))),
    constraint notification_history_priority_check CHECK (((priority >= 1) AND (priority <= 4))),
    constraint notification_history_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'retrying'::text, 'cancelled'::text, 'suppressed'::text])))
);
CREATE INDEX notification_history_dead ON notification_management.notification_history USING btree (tenant_id, id) WHERE (status = 'failed'::text);
CREATE INDEX notification_history_held ON notification_management.notification_history USING btree (tenant_id, digest_id) WHERE ((digest_id IS NOT NULL) AND (status = ANY (ARRAY['pending'::text, 'retrying'::text])));
CREATE INDEX notification_history_of_user ON notification_management.notification_history USING btree (tenant_id, user_id, id);
CREATE INDEX notification_history_to_send ON notification_management.notification_history USING btree (available_at) WHERE ((status = ANY (ARRAY['pending'::text, 'retrying'::text])) AND (digest_id IS NULL));
alter table notification_history enable row level security;
alter table notification_history force row level security;
create policy jobs_see_all on notification_history as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on notification_history as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on notification_history to notifications_app;
grant delete, insert, select, update on notification_history to notifications_jobs;

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
create policy jobs_see_all on outbox as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on outbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on outbox to notifications_app;
grant delete, insert, select, update on outbox to notifications_jobs;

create table symbol_subscriptions (
    tenant_id text not null,
    symbol text not null,
    user_id uuid not null,
    created_at timestamp with time zone not null,
    constraint symbol_subscriptions_pkey PRIMARY KEY (tenant_id, symbol, user_id)
);
CREATE INDEX symbol_subscriptions_of_user ON notification_management.symbol_subscriptions USING btree (tenant_id, user_id);
alter table symbol_subscriptions enable row level security;
alter table symbol_subscriptions force row level security;
create policy jobs_see_all on symbol_subscriptions as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on symbol_subscriptions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on symbol_subscriptions to notifications_app;
grant delete, insert, select, update on symbol_subscriptions to notifications_jobs;

create table telegram_link_tokens (
    tenant_id text not null,
    token_hash bytea not null,
    user_id uuid not null,
    bot text not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    constraint telegram_link_tokens_pkey PRIMARY KEY (tenant_id, token_hash)
);
CREATE UNIQUE INDEX telegram_link_tokens_by_hash ON notification_management.telegram_link_tokens USING btree (token_hash);
alter table telegram_link_tokens enable row level security;
alter table telegram_link_tokens force row level security;
create policy jobs_see_all on telegram_link_tokens as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on telegram_link_tokens as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on telegram_link_tokens to notifications_app;
grant delete, insert, select, update on telegram_link_tokens to notifications_jobs;

create table telegram_links (
    tenant_id text not null,
    user_id uuid not null,
    bot text not null,
    chat_id bigint not null,
    status text not null default 'active'::text,
    linked_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    told_at timestamp with time zone,
    told_by bigint,
    constraint telegram_links_pkey PRIMARY KEY (tenant_id, user_id, bot),
    constraint telegram_links_bot_check CHECK ((bot = ANY (ARRAY['default'::text, 'premium'::text, 'enterprise'::text]))),
    constraint telegram_links_status_check CHECK ((status = ANY (ARRAY['active'::text, 'stopped'::text, 'blocked'::text, 'gone'::text])))
);
CREATE INDEX telegram_links_of_chat ON notification_management.telegram_links USING btree (bot, chat_id);
alter table telegram_links enable row level security;
alter table telegram_links force row level security;
create policy jobs_see_all on telegram_links as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on telegram_links as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on telegram_links to notifications_app;
grant delete, insert, select, update on telegram_links to notifications_jobs;

create table telegram_updates (
    bot text not null,
    update_id bigint not null,
    received_at timestamp with time zone not null,
    done_at timestamp with time zone,
    constraint telegram_updates_pkey PRIMARY KEY (bot, update_id)
);
CREATE INDEX telegram_updates_by_age ON notification_management.telegram_updates USING btree (received_at);
grant delete, insert, select, update on telegram_updates to notifications_app;
grant delete, insert, select, update on telegram_updates to notifications_jobs;

create table template_overrides (
    tenant_id text not null,
    notification_type text not null,
    locale text not null,
    version integer not null,
    title text,
    body text,
    created_by uuid,
    created_at timestamp with time zone not null,
    constraint template_overrides_pkey PRIMARY KEY (tenant_id, notification_type, locale, version),
    constraint template_overrides_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'id'::text])))
);
alter table template_overrides enable row level security;
alter table template_overrides force row level security;
create policy jobs_see_all on template_overrides as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on template_overrides as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on template_overrides to notifications_app;
grant delete, insert, select, update on template_overrides to notifications_jobs;

create table user_notification_preferences (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    email text,
    first_name text,
    locale text not null default 'en'::text,
    telegram_chat_id bigint,
    bot_assignment text not null default 'default'::text,
    notification_types jsonb not null default '{}'::jsonb,
    active boolean not null default true,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    time_zone text,
    quiet_from time without time zone,
    quiet_to time without time zone,
    digest text not null default 'off'::text,
    digest_at time without time zone not null default '08:00:00'::time without time zone,
    channel_switches jsonb not null default '{}'::jsonb,
    bot_assigned_at timestamp with time zone,
    introduced_at timestamp with time zone default now(),
    saved_at timestamp with time zone,
    constraint user_notification_preferences_pkey PRIMARY KEY (tenant_id, id),
    constraint user_notification_preferences_user_id_tenant_id_key UNIQUE (user_id, tenant_id),
    constraint user_notification_preferences_bot_assignment_check CHECK ((bot_assignment = ANY (ARRAY['default'::text, 'premium'::text, 'enterprise'::text]))),
    constraint user_notification_preferences_digest_check CHECK ((digest = ANY (ARRAY['off'::text, 'hourly'::text, 'daily'::text]))),
    constraint user_notification_preferences_quiet_hours CHECK ((((quiet_from IS NULL) = (quiet_to IS NULL)) AND ((quiet_from IS NULL) OR (quiet_from <> quiet_to))))
);
alter table user_notification_preferences enable row level security;
alter table user_notification_preferences force row level security;
create policy jobs_see_all on user_notification_preferences as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on user_notification_preferences as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_notification_preferences to notifications_app;
grant delete, insert, select, update on user_notification_preferences to notifications_jobs;

create sequence schema_versions_schemaversionsid_seq;
