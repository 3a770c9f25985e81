namespace ServerlessBusiness.Shared.Analytics;

/// <summary>A table of the analytics database and the columns that a line holds, in this order.</summary>
public sealed record AnalyticsTarget(string Table, IReadOnlyList<string> Columns, string? DateColumn = null)
{
    public static readonly AnalyticsTarget Usage = new(
        "usage_analytics",
        [
            "timestamp", "user_id", "tenant_id", "subscription_id", "feature_name", "usage_count", "request_duration_ms", "response_size_bytes",
            "success", "error_code",
        ]);

    public static readonly AnalyticsTarget SubscriptionMetrics = new(
        "subscription_metrics",
        [
            "date", "tenant_id", "tier_name", "total_subscriptions", "new_subscriptions", "cancelled_subscriptions", "upgrades", "downgrades",
            "trials", "converted_trials", "mrr_usd", "revenue_usd",
        ],
        "date");

    public static readonly AnalyticsTarget SubscriptionCohorts = new(
        "subscription_cohorts", ["cohort", "date", "tenant_id", "started", "ended", "revenue_usd"], "date");

    private static readonly IReadOnlyList<AnalyticsTarget> All = [Usage, SubscriptionMetrics, SubscriptionCohorts];

    public static AnalyticsTarget Of(string table) => All.Single(target => target.Table == table);
}
