-- Changes go both ways, so the counts are signed.
alter table subscription_metrics
    modify column total_subscriptions Int64,
    modify column new_subscriptions Int64,
    modify column cancelled_subscriptions Int64,
    modify column revenue_usd Decimal(18, 2),
    add column if not exists upgrades Int64,
    add column if not exists downgrades Int64,
    add column if not exists trials Int64,
    add column if not exists converted_trials Int64,
    add column if not exists mrr_usd Decimal(18, 2)
