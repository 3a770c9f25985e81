-- Schema user_management as its migrations leave it: to read, not to run. A test holds it to them.
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
CREATE INDEX idempotency_keys_by_age ON user_management.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy jobs_see_all on idempotency_keys as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on idempotency_keys to users_app;
grant delete, insert, select, update on idempotency_keys to users_jobs;

create table inbox (
    tenant_id text not null,
    message_id uuid not null,
    subject text not null,
    handled_at timestamp with time zone not null,
    constraint inbox_pkey PRIMARY KEY (tenant_id, message_id)
);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to users_app;
grant delete, insert, select, update on inbox to users_jobs;

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
create policy jobs_see_all on outbox as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on outbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on outbox to users_app;
grant delete, insert, select, update on outbox to users_jobs;

create table roles (
    tenant_id text not null,
    id uuid not null,
    name text not null,
    description text not null default ''::text,
    permissions jsonb not null default '[]'::jsonb,
    created_at timestamp with time zone not null,
    constraint roles_pkey PRIMARY KEY (tenant_id, id),
    constraint roles_name_taken UNIQUE (tenant_id, name),
    constraint roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table roles enable row level security;
alter table roles force row level security;
create policy jobs_see_all on roles as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on roles as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on roles to users_app;
grant delete, insert, select, update on roles to users_jobs;

create table signing_keys (
    id text not null,
    public_key bytea not null,
    sealed_private_key bytea not null,
    created_at timestamp with time zone not null,
    retires_at timestamp with time zone not null,
    constraint signing_keys_pkey PRIMARY KEY (id)
);
grant delete, insert, select, update on signing_keys to users_app;
grant delete, insert, select, update on signing_keys to users_jobs;

create table tenants (
    id text not null,
    name text not null,
    status text not null default 'active'::text,
    default_currency text not null default 'IDR'::text,
    locale text not null default 'en'::text,
    time_zone text not null default 'Asia/Jakarta'::text,
    rate_limits jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    constraint tenants_pkey PRIMARY KEY (id),
    constraint tenants_id_check CHECK ((id ~ '^[a-zA-Z0-9_-]{1,50}$'::text)),
    constraint tenants_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy jobs_of_others_see_all on tenants as permissive for select to billing_jobs, notifications_jobs, payments_jobs, subscriptions_jobs using (true);
create policy jobs_see_all on tenants as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on tenants as permissive for all to public using ((id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on tenants to users_app;
grant delete, insert, select, update on tenants to users_jobs;
grant select on tenants to billing_app;
grant select on tenants to billing_jobs;
grant select on tenants to notifications_app;
grant select on tenants to notifications_jobs;
grant select on tenants to payments_app;
grant select on tenants to payments_jobs;
grant select on tenants to subscriptions_app;
grant select on tenants to subscriptions_jobs;

create table user_roles (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    role_id uuid not null,
    assigned_at timestamp with time zone not null,
    assigned_by uuid,
    constraint user_roles_pkey PRIMARY KEY (tenant_id, id),
    constraint user_roles_tenant_id_user_id_role_id_key UNIQUE (tenant_id, user_id, role_id),
    constraint user_roles_tenant_id_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles(tenant_id, id),
    constraint user_roles_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
alter table user_roles enable row level security;
alter table user_roles force row level security;
create policy jobs_see_all on user_roles as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on user_roles as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_roles to users_app;
grant delete, insert, select, update on user_roles to users_jobs;

create table user_sessions (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    session_token bytea not null,
    refresh_token bytea not null,
    expires_at timestamp with time zone not null,
    created_at timestamp with time zone not null,
    last_accessed_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    ip_address inet,
    user_agent text,
    constraint user_sessions_pkey PRIMARY KEY (tenant_id, id),
    constraint user_sessions_tenant_id_refresh_token_key UNIQUE (tenant_id, refresh_token),
    constraint user_sessions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX user_sessions_of_user ON user_management.user_sessions USING btree (tenant_id, user_id) WHERE (ended_at IS NULL);
alter table user_sessions enable row level security;
alter table user_sessions force row level security;
create policy jobs_see_all on user_sessions as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on user_sessions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_sessions to users_app;
grant delete, insert, select, update on user_sessions to users_jobs;

create table users (
    tenant_id text not null,
    id uuid not null,
    email text not null,
    email_normalized text not null,
    username text not null,
    username_normalized text not null,
    password_hash text not null,
    first_name text,
    last_name text,
    phone text,
    email_verified boolean not null default false,
    phone_verified boolean not null default false,
    status text not null default 'active'::text,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    constraint users_pkey PRIMARY KEY (tenant_id, id),
    constraint users_email_taken UNIQUE (tenant_id, email_normalized),
    constraint users_username_taken UNIQUE (tenant_id, username_normalized),
    constraint users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    constraint users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'deleted'::text])))
);
alter table users enable row level security;
alter table users force row level security;
create policy jobs_see_all on users as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on users as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on users to users_app;
grant delete, insert, select, update on users to users_jobs;

create sequence schema_versions_schemaversionsid_seq;
