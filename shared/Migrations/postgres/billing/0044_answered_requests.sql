-- What came of requests under their callers' keys: should an answer be lost with its process, whoever asks again finds what was made.
create table $service$.answered_requests (
    tenant_id text not null,
    request_key text not null,
    -- of who asked and for what: a key that comes with another request is refused
    request_hash bytea not null,
    -- the draft, invoice, coupon or redemption
    subject_id uuid not null,
    created_at timestamptz not null,
    primary key (tenant_id, request_key)
);
