-- A refresh changes the current token and the end of its session. No index holds either now, so that its row stays in its page and no index is
-- written; that tokens are unique is said by refresh_tokens. Each of those is changed once, when it is spent: room for that is in its page too.
alter table $service$.user_sessions drop constraint user_sessions_tenant_id_refresh_token_key;
alter table $service$.user_sessions set (fillfactor = 70);
alter table $service$.refresh_tokens set (fillfactor = 50);

-- When Redis was told that a session is over. Until now the end of its time was moved for that.
alter table $service$.user_sessions add column told_at timestamptz;
update $service$.user_sessions set told_at = expires_at where ended_at is not null and expires_at <= now();
