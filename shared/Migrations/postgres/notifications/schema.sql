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
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to notifications_app;
grant delete, insert, select, update on inbox to notifications_jobs;

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
    constraint notification_history_pkey PRIMARY KEY (tenant_id, id),
    constraint notification_history_told_once UNIQUE (tenant_id, dedup_key),
    constraint notification_history_channel_check CHECK ((channel = ANY (ARRAY['telegram'::text, 'email'::text]))),
    constraint notification_history_priority_check CHECK (((priority >= 1) AND (priority <= 4))),
    constraint notification_history_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'retrying'::text])))
);
CREATE INDEX notification_history_of_user ON notification_management.notification_history USING btree (tenant_id, user_id, id);
CREATE INDEX notification_history_to_send ON notification_management.notification_history USING btree (available_at) WHERE (status = ANY (ARRAY['pending'::text, 'retrying'::text]));
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
    constraint user_notification_preferences_pkey PRIMARY KEY (tenant_id, id),
    constraint user_notification_preferences_user_id_tenant_id_key UNIQUE (user_id, tenant_id),
    constraint user_notification_preferences_bot_assignment_check CHECK ((bot_assignment = ANY (ARRAY['default'::text, 'premium'::text, 'enterprise'::text])))
);
CREATE INDEX user_notification_preferences_of_chat ON notification_management.user_notification_preferences USING btree (telegram_chat_id) WHERE (telegram_chat_id IS NOT NULL);
alter table user_notification_preferences enable row level security;
alter table user_notification_preferences force row level security;
create policy jobs_see_all on user_notification_preferences as permissive for all to notifications_jobs using (true) with check (true);
create policy tenant_isolation on user_notification_preferences as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_notification_preferences to notifications_app;
grant delete, insert, select, update on user_notification_preferences to notifications_jobs;

create sequence schema_versions_schemaversionsid_seq;
