-- What has served is found by its age, and deleted in parts.
create index refresh_tokens_by_age on $service$.refresh_tokens (created_at);
create index user_sessions_by_age on $service$.user_sessions (created_at);
create index one_time_tokens_by_end on $service$.one_time_tokens (expires_at);
create index invitations_by_acceptance on $service$.invitations (accepted_at) where accepted_at is not null;
create index usernames_held on $service$.usernames (held_until) where user_id is null;

-- A sign-in looks at the newest sessions of its account and ends the oldest that live.
drop index $service$.user_sessions_of_user;
create index user_sessions_of_user on $service$.user_sessions (tenant_id, user_id, id);
create index user_sessions_living on $service$.user_sessions (tenant_id, user_id, id) where ended_at is null;
