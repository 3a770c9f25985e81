-- One row per use of a feature. A batch sent twice after a broken connection is recognised by its token and dropped.
create table if not exists usage_analytics
(
    timestamp DateTime,
    user_id String,
    tenant_id String,
    subscription_id String,
    feature_name String,
    usage_count UInt32,
    request_duration_ms UInt32,
    response_size_bytes UInt32,
    success Boolean,
    error_code String
)
engine = MergeTree
partition by toYYYYMM(timestamp)
order by (tenant_id, user_id, timestamp)
settings non_replicated_deduplication_window = 1000
