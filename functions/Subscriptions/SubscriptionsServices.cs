using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions;

internal static class SubscriptionsServices
{
    public static void AddSubscriptions(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<SubscriptionStatus>();
        DapperSetup.MapEnum<BillingCycle>();
        builder.AddSettings<ClickHouseOptions>();
        // Away means that analytics are late, not that subscriptions cannot be sold.
        builder.Services.AddPersonalData(SubscriptionsPersonalData.Sources);
        builder.Services.AddSingleton<ClickHouseDatabase>().AddHealthChecks()
            .AddCheck<ClickHouseHealth>("clickhouse", HealthStatus.Degraded, tags: [], ServiceDefaults.HealthTimeout);
        builder.Services
            .AddSingleton<TierStore>()
            .AddSingleton<SubscriptionStore>()
            .AddSingleton<StartSubscription>()
            .AddSingleton<ActivateSubscription>()
            .AddSingleton<CancelUnpaidSubscription>();
    }
}
