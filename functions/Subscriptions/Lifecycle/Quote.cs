using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>What a move bills: a line for the days that are given back and one for those that are charged, and the period it leads to.</summary>
public sealed record Quote(BilledPeriod Billed, DateTimeOffset From, Money Charged, Money Credit, IReadOnlyList<ChargeLine> Lines)
{
    public bool IsFree => Charged.IsZero && Credit.IsZero;

    /// <summary>A period of a tier that begins now.</summary>
    public static Quote First(Tier tier, DateTimeOffset now) => Of(tier, BillingPeriods.First(now, tier.BillingCycle, tier.BillingMode));

    /// <summary>The tier's days of trial from now on, for nothing.</summary>
    public static Quote Trial(Tier tier, DateTimeOffset now)
    {
        var period = new Period(now.ToUniversalTime(), now.ToUniversalTime().AddDays(tier.TrialDays));
        var nothing = Money.Zero(tier.Price.Currency);
        return new Quote(new BilledPeriod(period, now.UtcDateTime.Day, period), now, nothing, nothing, []);
    }

    /// <summary>The period after the running one.</summary>
    public static Quote Renewal(Subscription subscription, Tier tier) => Of(tier, BillingPeriods.Next(
        subscription.ExpiresAt, subscription.AnchorDay, subscription.BillingMode, subscription.Status == SubscriptionStatus.Trialing,
        tier.BillingCycle, tier.BillingMode));

    /// <summary>
    /// Another tier from now on; the day belongs to it. Within a cycle the period stays as it is, another cycle begins one of its own.
    /// During a trial nothing is billed.
    /// </summary>
    public static Quote Change(Subscription subscription, Money leftOfCharge, Tier tier, DateTimeOffset now)
    {
        if (subscription.Status == SubscriptionStatus.Trialing)
        {
            var trial = new Period(subscription.PeriodStart, subscription.ExpiresAt);
            return new Quote(
                new BilledPeriod(trial, subscription.AnchorDay, trial), now, Money.Zero(tier.Price.Currency), Money.Zero(tier.Price.Currency), []);
        }

        var whole = subscription.Whole;
        var credit = Proration.Credit(subscription.FullPrice, now, whole, leftOfCharge);
        var billed = tier.BillingCycle == subscription.BillingCycle
            ? new BilledPeriod(new Period(subscription.PeriodStart, subscription.ExpiresAt), subscription.AnchorDay, whole)
            : BillingPeriods.First(now, tier.BillingCycle, tier.BillingMode);
        var charged = Proration.Share(tier.Price, now, billed.Whole);
        return new Quote(billed, now, charged, credit, Together(Crediting(subscription, credit, now), Charging(tier, charged, now, billed)));
    }

    /// <summary>What is given back when it stops now; the day itself has been used.</summary>
    public static Quote Stop(Subscription subscription, Money leftOfCharge, DateTimeOffset now)
    {
        var from = BusinessCalendar.DayOf(now).End;
        var credit = Proration.Credit(subscription.FullPrice, from, subscription.Whole, leftOfCharge);
        var period = new Period(subscription.PeriodStart, subscription.ExpiresAt);
        return new Quote(
            new BilledPeriod(period, subscription.AnchorDay, subscription.Whole), from, Money.Zero(credit.Currency), credit,
            Together(Crediting(subscription, credit, from), null));
    }

    /// <summary>
    /// What stands for an open charge when it stops now: the days of it that were used, and what it gives back of the charge before it. The day
    /// itself has been used.
    /// </summary>
    public static Quote Used(Subscription subscription, Charge open, DateTimeOffset now)
    {
        var until = BusinessCalendar.DayOf(now).End;
        var (charged, credit) = (new Money(open.Charged, subscription.FullPrice.Currency), new Money(open.Credit, subscription.FullPrice.Currency));
        var used = charged - open.Unused(until);
        var period = new Period(open.PeriodStart, until);
        return new Quote(
            new BilledPeriod(period, subscription.AnchorDay, period), open.PeriodStart, used, credit,
            Together(
                new ChargeLine(
                    RenewalCharge.Describe("Unused", "the plan before", open.PeriodStart, open.PeriodEnd), 1, -credit, -credit, open.PeriodStart,
                    open.PeriodEnd),
                new ChargeLine(
                    RenewalCharge.Describe(subscription.TierName, subscription.BillingCycle.ToString().ToLowerInvariant(), open.PeriodStart, until), 1,
                    used, used, open.PeriodStart, until)));
    }

    private static Quote Of(Tier tier, BilledPeriod billed)
    {
        var charged = Proration.Share(tier.Price, billed.Period.Start, billed.Whole);
        return new Quote(
            billed, billed.Period.Start, charged, Money.Zero(charged.Currency), Together(null, Charging(tier, charged, billed.Period.Start, billed)));
    }

    private static ChargeLine Crediting(Subscription subscription, Money credit, DateTimeOffset from)
    {
        var whole = subscription.Whole;
        var description = $"Unused: {Describe(subscription.TierName, subscription.BillingCycle, from, subscription.ExpiresAt, whole)}";
        // Where no more was left to give back than this, no share of the price explains it.
        return credit == Proration.Share(subscription.FullPrice, from, whole)
            ? Line(description, -subscription.FullPrice, -credit, from, subscription.ExpiresAt, whole)
            : new ChargeLine(description, 1, -credit, -credit, from, subscription.ExpiresAt);
    }

    private static ChargeLine Charging(Tier tier, Money charged, DateTimeOffset from, BilledPeriod billed) => Line(
        Describe(tier.Name, tier.BillingCycle, from, billed.Period.End, billed.Whole), tier.Price, charged, from, billed.Period.End, billed.Whole);

    private static ChargeLine Line(string description, Money price, Money amount, DateTimeOffset from, DateTimeOffset to, Period whole)
    {
        var (days, total) = (Proration.Days(from, to), Proration.Days(whole.Start, whole.End));
        return days == total
            ? new ChargeLine(description, 1, price, amount, from, to)
            : new ChargeLine(description, 1, price, amount, from, to, days, total);
    }

    private static string Describe(string name, BillingCycle cycle, DateTimeOffset from, DateTimeOffset to, Period whole)
    {
        var (days, total) = (Proration.Days(from, to), Proration.Days(whole.Start, whole.End));
        var part = days == total ? "" : $" ({days} of {total} days)";
        return RenewalCharge.Describe(name, cycle.ToString().ToLowerInvariant(), from, to) + part;
    }

    private static IReadOnlyList<ChargeLine> Together(ChargeLine? credit, ChargeLine? charge) =>
        [.. new[] { credit, charge }.OfType<ChargeLine>().Where(line => !line.Amount.IsZero)];
}
