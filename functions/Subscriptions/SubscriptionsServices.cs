using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions;

internal static class SubscriptionsServices
{
    public static void AddSubscriptions(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<SubscriptionStatus>();
        DapperSetup.MapEnum<ChargeStatus>();
        DapperSetup.MapEnum<BillingCycle>();
        DapperSetup.MapEnum<BillingMode>();
        builder.AddSettings<ClickHouseOptions>();
        builder.AddServiceClients(ServiceIdentity.Billing);
        // Away means that analytics are late, not that subscriptions cannot be sold.
        builder.Services.AddSingleton<ClickHouseDatabase>().AddHealthChecks()
            .AddCheck<ClickHouseHealth>("clickhouse", HealthStatus.Degraded, tags: [], ServiceDefaults.HealthTimeout);
        builder.Services
            .AddSingleton<TierStore>()
            .AddSingleton<DraftTier>()
            .AddSingleton<SubscriptionStore>()
            .AddSingleton<ChargeStore>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<Moves>()
            .AddSingleton<StartSubscription>()
            .AddSingleton<PreviewChange>()
            .AddSingleton<ChangePlan>()
            .AddSingleton<CancelSubscription>()
            .AddSingleton<PauseSubscription>()
            .AddSingleton<AdjustRenewal>()
            .AddSingleton<RenewSubscriptions>()
            .AddSingleton<SettleCharge>()
            .AddSingleton<SuspendUnpaid>()
            .AddSingleton<WithdrawCharge>();
    }
}
