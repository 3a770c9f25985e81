-- A change of a user looks for the ends that Redis may not know; whoever signs in and out all day has hundreds of thousands that it knows.
drop index concurrently if exists $service$.user_sessions_untold;
create index concurrently user_sessions_untold on $service$.user_sessions (tenant_id, user_id) where ended_at is not null and told_at is null;
