using System.Globalization;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

internal static class Samples
{
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static Tier Tier(
        string code, decimal price, BillingCycle cycle = BillingCycle.Monthly, BillingMode mode = BillingMode.Calendar, string currency = "USD") => new(
        Guid.CreateVersion7(), IsOwn: false, code, code, "", "platform", cycle, mode, TrialDays: 0, Version: 1, At("2000-01-01"), "[]", "{}",
        price, currency, price);

    public static Subscription On(Tier tier, BilledPeriod billed, SubscriptionStatus status = SubscriptionStatus.Active) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), tier.Product, tier.Id, tier.IsOwn, tier.Code, tier.Name, tier.PriceUsd, tier.BillingCycle,
        tier.BillingMode, status, tier.Currency, tier.Amount, billed.Period.Start, billed.Period.Start, billed.Period.End, billed.AnchorDay,
        AutoRenew: true, CancelAtPeriodEnd: false, NextTierId: null, ChargeId: null, billed.Period.Start);

    public static Money Usd(decimal amount) => new(amount, Currency.Usd);
}
