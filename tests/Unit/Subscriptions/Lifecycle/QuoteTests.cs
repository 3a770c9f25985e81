using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class QuoteTests
{
    private static readonly Tier Pro = Tier("pro", 30);
    private static readonly Tier Enterprise = Tier("enterprise", 90);

    [Fact]
    public void A_first_calendar_period_costs_its_days_of_the_month()
    {
        var quote = Quote.First(Pro, At("2026-11-25T20:00:00Z"));

        Assert.Equal(Usd(6), quote.Charged);
        Assert.Equal("pro, monthly, 2026-11-25 to 2026-12-01 (6 of 30 days)", Assert.Single(quote.Lines).Description);
    }

    [Fact]
    public void On_the_first_the_whole_month_is_charged()
    {
        Assert.Equal(Usd(30), Quote.First(Pro, At("2026-11-01T23:59:59.999Z")).Charged);
    }

    [Fact]
    public void An_upgrade_credits_the_old_and_charges_the_new_from_its_day_on()
    {
        var subscription = On(Pro, Quote.First(Pro, At("2026-11-01")).Billed);
        var quote = Quote.Change(subscription, Usd(30), Enterprise, At("2026-11-16T23:59:59.999Z"));

        Assert.Equal([Usd(-15), Usd(45)], quote.Lines.Select(line => line.Amount));
        Assert.Equal((subscription.PeriodStart, subscription.ExpiresAt), (quote.Billed.Period.Start, quote.Billed.Period.End));
    }

    [Fact]
    public void Another_cycle_begins_a_period_of_its_own()
    {
        var monthly = Tier("pro", 30, mode: BillingMode.Anniversary);
        var yearly = Tier("pro", 300, BillingCycle.Yearly, BillingMode.Anniversary);
        var subscription = On(monthly, Quote.First(monthly, At("2026-11-10T08:00:00Z")).Billed);
        var quote = Quote.Change(subscription, Usd(30), yearly, At("2026-11-25T09:00:00Z"));

        Assert.Equal([Usd(-15), Usd(300)], quote.Lines.Select(line => line.Amount));
        Assert.Equal((At("2026-11-25T09:00:00Z"), At("2027-11-25T09:00:00Z")), (quote.Billed.Period.Start, quote.Billed.Period.End));
    }

    [Fact]
    public void A_change_during_the_trial_bills_nothing()
    {
        var trial = On(Pro, BillingPeriods.First(At("2026-11-10"), BillingCycle.Monthly, BillingMode.Calendar), SubscriptionStatus.Trialing);

        Assert.Empty(Quote.Change(trial, Usd(0), Enterprise, At("2026-11-12")).Lines);
    }

    [Fact]
    public void After_the_trial_the_first_paid_period_is_prorated_like_any_first_one()
    {
        var trial = On(Pro, BillingPeriods.First(At("2026-11-01"), BillingCycle.Monthly, BillingMode.Calendar), SubscriptionStatus.Trialing)
            with { ExpiresAt = At("2026-11-15T07:00:00Z") };
        var quote = Quote.Renewal(trial, Pro);

        Assert.Equal((Usd(16), At("2026-11-15T07:00:00Z"), At("2026-12-01")), (quote.Charged, quote.Billed.Period.Start, quote.Billed.Period.End));
    }

    [Fact]
    public void A_tier_that_is_billed_in_another_way_is_so_from_the_next_period_on()
    {
        var anniversary = Tier("free", 0, mode: BillingMode.Anniversary);
        var running = On(anniversary, Quote.First(anniversary, At("2026-10-25T08:00:00Z")).Billed);
        var quote = Quote.Renewal(running, Pro);
        var renewed = running.On(Pro).In(quote.Billed, Pro.BillingMode);
        var next = Quote.Renewal(renewed, Pro);

        Assert.Equal((Usd(6), At("2026-11-25T08:00:00Z"), At("2026-12-01")), (quote.Charged, quote.Billed.Period.Start, quote.Billed.Period.End));
        Assert.Equal((Usd(30), At("2027-01-01"), 1), (next.Charged, next.Billed.Period.End, next.Billed.AnchorDay));
        // Until then it goes on as it was billed.
        Assert.Equal(running.ExpiresAt, Quote.Change(running, Usd(0), Pro, At("2026-11-10")).Billed.Period.End);
        Assert.Equal(At("2026-12-01"), Quote.Change(running, Usd(0), Tier("pro", 300, BillingCycle.Yearly), At("2026-11-10")).Billed.Period.End);
    }

    [Fact]
    public void Stopping_gives_back_the_days_after_today()
    {
        var subscription = On(Pro, Quote.First(Pro, At("2026-11-01")).Billed);

        Assert.Equal(Usd(14), Quote.Stop(subscription, Usd(30), At("2026-11-16T12:00:00Z")).Credit);
        Assert.Equal(Usd(0), Quote.Stop(subscription, Usd(30), At("2026-11-30T23:59:59Z")).Credit);
    }

    [Fact]
    public void What_was_not_paid_is_not_given_back()
    {
        var subscription = On(Pro, Quote.First(Pro, At("2026-11-01")).Billed);

        Assert.Equal(Usd(4), Quote.Stop(subscription, Usd(4), At("2026-11-02")).Credit);
        Assert.True(Quote.Stop(subscription, Money.Zero(Currency.Usd), At("2026-11-02")).IsFree);
    }
}
