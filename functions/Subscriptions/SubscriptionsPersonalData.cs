using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Subscriptions;

/// <summary>What Subscriptions holds of a person.</summary>
internal static class SubscriptionsPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("subscriptions", """
            select s.id, t.code as tier, s.status, s.currency, s.price, s.started_at, s.expires_at, s.auto_renew, s.created_at
            from subscriptions s join subscription_tiers t on t.tenant_id in ('*', s.tenant_id) and t.id = s.tier_id
            where s.tenant_id = @tenant and s.user_id = @user
            """),
        new("events", """
            select e.id, e.subscription_id, e.event_type, e.from_status, e.to_status, e.reason, e.created_at
            from subscription_events e join subscriptions s on s.tenant_id = e.tenant_id and s.id = e.subscription_id
            where e.tenant_id = @tenant and s.user_id = @user
            """),
        new("usage", """
            select u.id, u.subscription_id, u.feature_name, u.usage_count, u.tracking_period
            from usage_tracking u join subscriptions s on s.tenant_id = u.tenant_id and s.id = u.subscription_id
            where u.tenant_id = @tenant and s.user_id = @user
            """),
    ];
}
