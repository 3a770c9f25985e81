using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class ProrationTests
{
    // Exact halves of a cent, which a division in the middle turns into a little less.
    [Theory]
    [InlineData(19.95, 7, 4.66)]
    [InlineData(49.95, 7, 11.66)]
    [InlineData(49.95, 13, 21.65)]
    [InlineData(49.95, 19, 31.64)]
    [InlineData(49.95, 25, 41.63)]
    [InlineData(10.05, 1, 0.34)]
    [InlineData(29.85, 1, 1.00)]
    public void A_half_cent_is_rounded_away_from_zero(decimal price, int daysLeft, decimal expected)
    {
        var whole = new Period(At("2026-11-01"), At("2026-12-01"));

        Assert.Equal(Usd(expected), Proration.Share(Usd(price), At("2026-12-01").AddDays(-daysLeft), whole));
    }

    [Theory]
    [InlineData("pro", "monthly", 30, "enterprise", "monthly", 90, Timing.Now)]
    [InlineData("enterprise", "monthly", 90, "pro", "monthly", 30, Timing.PeriodEnd)]
    [InlineData("enterprise", "monthly", 90, "pro", "yearly", 300, Timing.PeriodEnd)]
    [InlineData("pro", "yearly", 300, "enterprise", "monthly", 90, Timing.Now)]
    [InlineData("pro", "monthly", 30, "pro", "yearly", 300, Timing.Now)]
    [InlineData("pro", "yearly", 300, "pro", "monthly", 30, Timing.PeriodEnd)]
    public void What_costs_more_in_a_month_begins_now(
        string from, string fromCycle, int fromPrice, string to, string toCycle, int toPrice, Timing expected)
    {
        var running = Tier(from, fromPrice, Enum.Parse<BillingCycle>(fromCycle, ignoreCase: true));
        var wished = Tier(to, toPrice, Enum.Parse<BillingCycle>(toCycle, ignoreCase: true));
        var subscription = On(running, Quote.First(running, At("2026-11-01")).Billed);

        Assert.Equal(expected, ChangePlan.TimingOf(subscription, wished, wish: null, At("2026-11-10")));
        Assert.Equal(Timing.Now, ChangePlan.TimingOf(subscription, wished, Timing.Now, At("2026-11-10")));
    }

    [Fact]
    public void An_open_upgrade_that_stops_is_owed_for_its_days_less_what_it_took_back()
    {
        var enterprise = Tier("enterprise", 90);
        var subscription = On(enterprise, Quote.First(enterprise, At("2026-11-01")).Billed);
        // Changed from pro at 30 on the 16th: 15 of 30 days of the new one and of the old one.
        var open = new Charge(
            Guid.CreateVersion7(), subscription.Id, enterprise.Id, Charge.Change, At("2026-11-16"), At("2026-12-01"), "USD", Charged: 45, Credited: 0,
            Credit: 15, ChargeStatus.Open, UsdRate: 1, CreditUsdRate: 1, CreditedChargeId: Guid.CreateVersion7());

        var sameDay = Quote.Used(subscription, open, At("2026-11-16T10:00:00Z"));
        Assert.Equal([Usd(-15), Usd(3)], sameDay.Lines.Select(line => line.Amount));
        var later = Quote.Used(subscription, open, At("2026-11-25T23:59:59.999Z"));
        Assert.Equal([Usd(-15), Usd(30)], later.Lines.Select(line => line.Amount));
        Assert.Equal((Usd(30), Usd(15)), (later.Charged, later.Credit));
    }

    // Until it is cancelled, or was suspended before that: that day is the last which was used.
    [Theory]
    [InlineData("2026-11-01T00:00:00Z", 1, 29)]
    [InlineData("2026-11-01T23:59:59.999Z", 1, 29)]
    [InlineData("2026-11-02T00:00:00Z", 2, 28)]
    [InlineData("2026-11-15T10:00:00Z", 15, 15)]
    [InlineData("2026-11-30T23:59:59.999Z", 30, 0)]
    public void What_was_used_and_what_is_given_back_are_the_whole_period(string worked, decimal used, decimal left)
    {
        var pro = Tier("pro", 30);
        var subscription = On(pro, Quote.First(pro, At("2026-11-01")).Billed, SubscriptionStatus.Suspended);
        var open = new Charge(
            Guid.CreateVersion7(), subscription.Id, pro.Id, Charge.Renewal, At("2026-11-01"), At("2026-12-01"), "USD", Charged: 30, Credited: 0, Credit: 0,
            ChargeStatus.Overdue, UsdRate: 1, CreditUsdRate: 1, CreditedChargeId: null);

        Assert.Equal(Usd(used), Quote.Used(subscription, open, At(worked)).Charged);
        Assert.Equal(Usd(left), Quote.Stop(subscription, Usd(30), At(worked)).Credit);
    }

    [Theory]
    [InlineData("change", 0, "2026-11-16T10:00:00Z", true)]
    [InlineData("change", Charge.NoInvoice, "2026-11-16T10:00:00Z", true)]
    [InlineData("resume", 0, "2026-11-16T10:00:00Z", true)]
    [InlineData("renewal", 0, "2026-11-16T23:59:59.999Z", false)]
    [InlineData("renewal", 0, "2026-11-17T00:00:00Z", true)]
    [InlineData("first", 0, "2026-11-17T00:00:00Z", false)]
    // Paid once, and taken back by the bank.
    [InlineData("renewal", 1, "2026-11-16T23:59:59.999Z", true)]
    [InlineData("first", 1, "2026-11-16T10:00:00Z", true)]
    public void Days_that_worked_unpaid_are_owed_but_not_the_day_on_which_a_renewal_came(string reason, int reopenings, string now, bool owes)
    {
        var charge = new Charge(
            Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), reason, At("2026-11-16T09:00:00Z"), At("2026-12-16T09:00:00Z"), "USD",
            Charged: 30, Credited: 0, Credit: 0, ChargeStatus.Withdrawn, UsdRate: 1, CreditUsdRate: 1, CreditedChargeId: null, reopenings);

        Assert.Equal(owes, charge.OwesDays(At(now)));
    }

    [Fact]
    public void A_charge_for_another_tier_gives_back_no_more_than_its_own_days()
    {
        var tier = Guid.CreateVersion7();
        var charge = new Charge(
            Guid.CreateVersion7(), Guid.CreateVersion7(), tier, "first", At("2026-11-01"), At("2026-12-01"), "USD", Charged: 30, Credited: 0, Credit: 0,
            ChargeStatus.Paid, UsdRate: 1, CreditUsdRate: 1, CreditedChargeId: null);

        Assert.Equal(Usd(30), charge.LeftFor(tier, At("2026-11-21")));
        Assert.Equal(Usd(10), charge.LeftFor(Guid.CreateVersion7(), At("2026-11-21")));
    }

    [Fact]
    public void What_is_taken_back_takes_away_what_it_had_brought_in()
    {
        var (pro, enterprise) = (29.99m / 479_000, 99.99m / 1_599_000);
        var upgrade = new Charge(
            Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Charge.Change, At("2026-11-01"), At("2026-12-01"), "IDR",
            Charged: 1_599_000, Credited: 0, Credit: 479_000, ChargeStatus.Paid, enterprise, CreditUsdRate: pro, CreditedChargeId: Guid.CreateVersion7());

        Assert.Equal(70m, upgrade.RevenueUsd);
        Assert.Equal(60m, (upgrade with { Charged = 1_599_000, Discount = 159_900 }).RevenueUsd);
        Assert.Equal(-70m, (upgrade with { Charged = 479_000, UsdRate = pro, Credit = 1_599_000, CreditUsdRate = enterprise }).RevenueUsd);
    }
}
