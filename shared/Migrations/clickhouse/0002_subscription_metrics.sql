-- Changes per day and tier. The engine adds rows of one key up when it merges, so read sums, never single rows.
create table if not exists subscription_metrics
(
    date Date,
    tenant_id String,
    tier_name String,
    total_subscriptions UInt32,
    new_subscriptions UInt32,
    cancelled_subscriptions UInt32,
    revenue_usd Decimal(10, 2)
)
engine = SummingMergeTree
partition by toYYYYMM(date)
order by (tenant_id, tier_name, date)
settings non_replicated_deduplication_window = 1000
