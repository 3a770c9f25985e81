-- Schema user_management as its migrations leave it: to read, not to run. A test holds it to them.
-- After a new migration write it anew: UPDATE_SCHEMA_FILES=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests

create table audit_heads (
    tenant_id text not null,
    seq bigint not null,
    hash bytea not null,
    seal bytea,
    constraint audit_heads_pkey PRIMARY KEY (tenant_id)
);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy jobs_see_all on audit_heads as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on audit_heads as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant insert, select, update on audit_heads to users_app;
grant insert, select, update on audit_heads to users_jobs;

create table audit_log (
    tenant_id text not null,
    seq bigint not null,
    id uuid not null,
    at timestamp with time zone not null,
    action text not null,
    actor_kind text not null,
    actor_id uuid,
    actor_service text,
    impersonator_id uuid,
    target_id uuid,
    detail json not null,
    address inet,
    hash bytea not null,
    constraint audit_log_pkey PRIMARY KEY (tenant_id, seq),
    constraint audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'service'::text, 'anonymous'::text, 'system'::text]))),
    constraint audit_log_begins_at_one CHECK ((seq > 0))
);
CREATE INDEX audit_log_of_actor ON user_management.audit_log USING btree (tenant_id, actor_id, seq) WHERE (actor_id IS NOT NULL);
CREATE INDEX audit_log_of_impersonator ON user_management.audit_log USING btree (tenant_id, impersonator_id, seq) WHERE (impersonator_id IS NOT NULL);
CREATE INDEX audit_log_of_target ON user_management.audit_log USING btree (tenant_id, target_id, seq) WHERE (target_id IS NOT NULL);
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy jobs_see_all on audit_log as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on audit_log as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant insert, select on audit_log to users_app;
grant insert, select on audit_log to users_jobs;

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
CREATE INDEX inbox_by_age ON user_management.inbox USING btree (handled_at);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy jobs_see_all on inbox as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on inbox as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on inbox to users_app;
grant delete, insert, select, update on inbox to users_jobs;

create table invitations (
    tenant_id text not null,
    id uuid not null,
    email text not null,
    email_normalized text not null,
    role_id uuid,
    token_hash bytea not null,
    invited_by uuid,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    role_name text not null,
    constraint invitations_pkey PRIMARY KEY (tenant_id, id),
    constraint invitations_tenant_id_token_hash_key UNIQUE (tenant_id, token_hash),
    constraint invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    constraint invitations_tenant_id_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles(tenant_id, id) ON DELETE SET NULL (role_id)
);
CREATE INDEX invitations_by_acceptance ON user_management.invitations USING btree (accepted_at) WHERE (accepted_at IS NOT NULL);
CREATE UNIQUE INDEX invitations_open ON user_management.invitations USING btree (tenant_id, email_normalized) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
alter table invitations enable row level security;
alter table invitations force row level security;
create policy jobs_see_all on invitations as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on invitations as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on invitations to users_app;
grant delete, insert, select, update on invitations to users_jobs;

create table one_time_tokens (
    tenant_id text not null,
    hash bytea not null,
    purpose text not null,
    user_id uuid not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    constraint one_time_tokens_pkey PRIMARY KEY (tenant_id, hash),
    constraint one_time_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    constraint one_time_tokens_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE,
    constraint one_time_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text])))
);
CREATE INDEX one_time_tokens_by_end ON user_management.one_time_tokens USING btree (expires_at);
CREATE INDEX one_time_tokens_of_user ON user_management.one_time_tokens USING btree (tenant_id, user_id, purpose) WHERE (used_at IS NULL);
alter table one_time_tokens enable row level security;
alter table one_time_tokens force row level security;
create policy jobs_see_all on one_time_tokens as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on one_time_tokens as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on one_time_tokens to users_app;
grant delete, insert, select, update on one_time_tokens to users_jobs;

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

create table passkeys (
    tenant_id text not null,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    credential_id bytea not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text not null,
    synced boolean not null,
    created_at timestamp with time zone not null,
    last_used_at timestamp with time zone,
    constraint passkeys_pkey PRIMARY KEY (tenant_id, id),
    constraint passkeys_tenant_id_credential_id_key UNIQUE (tenant_id, credential_id),
    constraint passkeys_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE,
    constraint passkeys_credential_id_check CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023)))
);
CREATE INDEX passkeys_of_user ON user_management.passkeys USING btree (tenant_id, user_id);
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy jobs_see_all on passkeys as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on passkeys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on passkeys to users_app;
grant delete, insert, select, update on passkeys to users_jobs;

create table recovery_codes (
    tenant_id text not null,
    user_id uuid not null,
    hash bytea not null,
    used_at timestamp with time zone,
    constraint recovery_codes_pkey PRIMARY KEY (tenant_id, user_id, hash),
    constraint recovery_codes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
create policy jobs_see_all on recovery_codes as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on recovery_codes as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on recovery_codes to users_app;
grant delete, insert, select, update on recovery_codes to users_jobs;

create table refresh_tokens (
    tenant_id text not null,
    hash bytea not null,
    session_id uuid not null,
    successor_nonce bytea,
    created_at timestamp with time zone not null,
    rotated_at timestamp with time zone,
    constraint refresh_tokens_pkey PRIMARY KEY (tenant_id, hash),
    constraint refresh_tokens_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES user_sessions(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_age ON user_management.refresh_tokens USING btree (created_at);
CREATE INDEX refresh_tokens_of_session ON user_management.refresh_tokens USING btree (tenant_id, session_id);
alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;
create policy jobs_see_all on refresh_tokens as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on refresh_tokens as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on refresh_tokens to users_app;
grant delete, insert, select, update on refresh_tokens to users_jobs;

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
    signs_from timestamp with time zone,
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
    suspended_reason text,
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

create table totp_devices (
    tenant_id text not null,
    user_id uuid not null,
    sealed_secret bytea not null,
    created_at timestamp with time zone not null,
    confirmed_at timestamp with time zone,
    last_step bigint not null default 0,
    constraint totp_devices_pkey PRIMARY KEY (tenant_id, user_id),
    constraint totp_devices_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
alter table totp_devices enable row level security;
alter table totp_devices force row level security;
create policy jobs_see_all on totp_devices as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on totp_devices as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on totp_devices to users_app;
grant delete, insert, select, update on totp_devices to users_jobs;

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
    authenticated_at timestamp with time zone,
    ended_reason text,
    impersonator_id uuid,
    refreshed_from inet,
    refreshed_agent text,
    told_at timestamp with time zone,
    constraint user_sessions_pkey PRIMARY KEY (tenant_id, id),
    constraint user_sessions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX user_sessions_by_age ON user_management.user_sessions USING btree (created_at);
CREATE INDEX user_sessions_living ON user_management.user_sessions USING btree (tenant_id, user_id, id) WHERE (ended_at IS NULL);
CREATE INDEX user_sessions_of_impersonator ON user_management.user_sessions USING btree (tenant_id, impersonator_id) WHERE (impersonator_id IS NOT NULL);
CREATE INDEX user_sessions_of_user ON user_management.user_sessions USING btree (tenant_id, user_id, id);
CREATE INDEX user_sessions_untold ON user_management.user_sessions USING btree (tenant_id, user_id) WHERE ((ended_at IS NOT NULL) AND (told_at IS NULL));
alter table user_sessions enable row level security;
alter table user_sessions force row level security;
create policy jobs_see_all on user_sessions as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on user_sessions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on user_sessions to users_app;
grant delete, insert, select, update on user_sessions to users_jobs;

create table usernames (
    tenant_id text not null,
    username_normalized text not null,
    user_id uuid,
    held_until timestamp with time zone,
    constraint usernames_pkey PRIMARY KEY (tenant_id, username_normalized),
    constraint usernames_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    constraint usernames_check CHECK (((user_id IS NOT NULL) OR (held_until IS NOT NULL)))
);
CREATE INDEX usernames_held ON user_management.usernames USING btree (held_until) WHERE (user_id IS NULL);
alter table usernames enable row level security;
alter table usernames force row level security;
create policy jobs_see_all on usernames as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on usernames as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on usernames to users_app;
grant delete, insert, select, update on usernames to users_jobs;

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
    access_version integer not null default 1,
    password_changed_at timestamp with time zone,
    password_reset_required boolean not null default false,
    deletion_due_at timestamp with time zone,
    constraint users_pkey PRIMARY KEY (tenant_id, id),
    constraint users_email_taken UNIQUE (tenant_id, email_normalized),
    constraint users_username_taken UNIQUE (tenant_id, username_normalized),
    constraint users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    constraint users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'deleted'::text])))
);
CREATE INDEX users_by_email_prefix ON user_management.users USING btree (tenant_id, email_normalized COLLATE "C");
CREATE INDEX users_by_username_prefix ON user_management.users USING btree (tenant_id, username_normalized COLLATE "C");
CREATE INDEX users_to_delete ON user_management.users USING btree (deletion_due_at) WHERE ((deletion_due_at IS NOT NULL) AND (status <> 'deleted'::text));
CREATE INDEX users_to_forget ON user_management.users USING btree (created_at) WHERE ((NOT email_verified) AND (status = 'active'::text));
alter table users enable row level security;
alter table users force row level security;
create policy jobs_see_all on users as permissive for all to users_jobs using (true) with check (true);
create policy tenant_isolation on users as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true)));
grant delete, insert, select, update on users to users_app;
grant delete, insert, select, update on users to users_jobs;

create sequence schema_versions_schemaversionsid_seq;
