using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Cycles;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Cycles;

public sealed class PagePlanTests
{
    private static readonly DueAgreement Due = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "pro", "Pro", "monthly", 31, "IDR", 100_000, At("2026-10-31"), NextBill: null, RunPeriods: 0,
        IsBilled: false);

    [Fact]
    public void A_due_period_becomes_one_bill()
    {
        var plan = Plan([Due]);

        Assert.Equal((At("2026-10-31"), At("2026-11-30")), (plan.ToCreate.Single().Bill.PeriodStart, plan.ToCreate.Single().Bill.PeriodEnd));
        Assert.Empty(plan.Existing);
        Assert.Empty(plan.Parked);
    }

    [Fact]
    public void A_billed_period_is_passed_by()
    {
        Assert.Equal(At("2026-11-30"), Assert.Single(Plan([Due with { IsBilled = true }]).Existing).Next);
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, false)]
    public void A_run_bills_twelve_periods_of_a_subscription(int periods, bool isBilled)
    {
        var plan = Plan([Due with { RunPeriods = periods }]);

        Assert.Equal(isBilled ? (1, 0) : (0, 1), (plan.ToCreate.Count, plan.Parked.Count));
    }

    [Fact]
    public void What_makes_no_bill_stands_aside_and_the_others_go_on()
    {
        var plan = Plan([Due with { Currency = "EUR" }, Due, Due with { NextBill = "{}" }]);

        Assert.Equal((1, 2), (plan.ToCreate.Count, plan.Parked.Count));
        Assert.Equal("Its currency 'EUR' is not one that is billed.", plan.Parked[0].Reason);
    }

    [Fact]
    public void A_price_that_no_ledger_holds_and_an_anchor_that_no_month_has_stand_aside_too()
    {
        var plan = Plan([Due with { Price = 9_999_999_999_999_999.99m }, Due with { NextBillingAt = At("9999-12-31") }, Due]);

        Assert.Equal((1, 2), (plan.ToCreate.Count, plan.Parked.Count));
        Assert.StartsWith("It cannot be composed: ", plan.Parked[0].Reason);
    }

    [Fact]
    public void A_period_whose_charge_was_withdrawn_is_passed_by()
    {
        var plan = PagePlan.Of([Due, Due with { SubscriptionId = Guid.CreateVersion7() }], new HashSet<Guid> { Due.ChargeId });

        Assert.Equal((1, Due.SubscriptionId, At("2026-11-30")), (plan.ToCreate.Count, plan.Existing.Single().SubscriptionId, plan.Existing.Single().Next));
    }

    private static PagePlan Plan(IReadOnlyList<DueAgreement> due) => PagePlan.Of(due, new HashSet<Guid>());
}
