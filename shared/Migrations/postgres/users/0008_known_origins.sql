-- A sign-in is compared with all sessions of its account, the ended ones too.
drop index $service$.user_sessions_of_user;
create index user_sessions_of_user on $service$.user_sessions (tenant_id, user_id);
