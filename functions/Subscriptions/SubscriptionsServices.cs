using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Subscriptions.Analytics;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;
using ServerlessBusiness.Subscriptions.Usage;

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
        builder.Services.AddPersonalData(SubscriptionsPersonalData.Sources);
        builder.Services.AddSingleton<ClickHouseDatabase>().AddHealthChecks()
            .AddCheck<ClickHouseHealth>("clickhouse", HealthStatus.Degraded, tags: [], ServiceDefaults.HealthTimeout);
        builder.Services
            .AddSingleton<TierStore>()
            .AddSingleton<DraftTier>()
            .AddSingleton<SubscriptionStore>()
            .AddSingleton<ChargeStore>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<TellTerms>()
            .AddSingleton<Moves>()
            .AddSingleton<RenewPeriod>()
            .AddSingleton<StartSubscription>()
            .AddSingleton<PreviewChange>()
            .AddSingleton<ChangePlan>()
            .AddSingleton<CancelSubscription>()
            .AddSingleton<PauseSubscription>()
            .AddSingleton<AdjustRenewal>()
            .AddSingleton<RenewSubscriptions>()
            .AddSingleton<SettleCharge>()
            .AddSingleton<ReopenCharge>()
            .AddSingleton<SuspendUnpaid>()
            .AddSingleton<WithdrawCharge>()
            .AddSingleton<EntitlementStore>()
            .AddSingleton<EntitlementCache>()
            .AddSingleton<QuotaStore>()
            .AddSingleton(QuotaStore.Kept)
            .AddSingleton(UsageStore.Kept)
            .AddSingleton<QuotaGate>()
            .AddSingleton<CarryUsage>()
            .AddSingleton<AnnounceThresholds>()
            .AddSingleton<CheckQuota>()
            .AddSingleton<ConsumeQuota>()
            .AddSingleton<UsageStore>()
            .AddSingleton<RecordUsage>()
            .AddSingleton<DeltaStore>()
            .AddSingleton<Figures>()
            .AddSingleton<RebuildMetrics>()
            .AddSingleton<UsageReports>()
            .AddSingleton<PersonalUsage>()
            .AddSingleton(services => new PersonalDataElsewhere(PersonalUsage.Name, services.GetRequiredService<PersonalUsage>().ReadAsync))
            .AddSingleton<SubscriptionReports>()
            .AddSingleton<EventBuffer>()
            .AddHostedService<AnalyticsFeed>();
    }
}
