-- The same changes by the month in which the subscription began: who stays, and what he is worth.
create table if not exists subscription_cohorts
(
    cohort Date,
    date Date,
    tenant_id String,
    started Int64,
    ended Int64,
    revenue_usd Decimal(18, 2)
)
engine = SummingMergeTree
partition by toYYYYMM(date)
order by (tenant_id, cohort, date)
settings non_replicated_deduplication_window = 1000
