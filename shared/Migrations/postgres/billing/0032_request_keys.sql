-- Under which key of a caller a row was asked for: should the answer be lost with its process, the row answers the repeated request.
alter table $service$.credit_notes
    add column request_key text,
    -- of who asked and for what: a key that comes with another request is refused
    add column request_hash bytea,
    add constraint credit_notes_one_per_request unique (tenant_id, request_key);
alter table $service$.credit_entries
    add column request_key text,
    add column request_hash bytea,
    add constraint credit_entries_one_per_request unique (tenant_id, request_key);
