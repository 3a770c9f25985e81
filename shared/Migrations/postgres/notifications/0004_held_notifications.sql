-- What waits for a digest, alone: the sweep looks through all of it, and what was told is never looked for by its digest.
drop index $service$.notification_history_of_digest;
create index notification_history_held on $service$.notification_history (tenant_id, digest_id)
    where digest_id is not null and status in ('pending', 'retrying');
