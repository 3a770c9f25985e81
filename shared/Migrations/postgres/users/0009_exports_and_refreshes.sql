-- An export holds what an administrator did in the names of others.
create index audit_log_of_impersonator on $service$.audit_log (tenant_id, impersonator_id, seq) where impersonator_id is not null;

-- From where a session was refreshed last, for its owner's list. Where it began stays, for later sign-ins are compared with that.
alter table $service$.user_sessions
    add column refreshed_from inet,
    add column refreshed_agent text;
