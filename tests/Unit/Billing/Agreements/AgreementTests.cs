using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Agreements;

public sealed class AgreementTests
{
    [Theory]
    // The day of the anchor comes back wherever the month has it.
    [InlineData("2026-01-31", 31, "2026-02-28", "2026-03-31", "2026-04-30")]
    [InlineData("2028-01-31", 31, "2028-02-29", "2028-03-31", "2028-04-30")]
    [InlineData("2026-01-30T10:34:00Z", 30, "2026-02-28T10:34:00Z", "2026-03-30T10:34:00Z", "2026-04-30T10:34:00Z")]
    [InlineData("2026-11-01", 1, "2026-12-01", "2027-01-01", "2027-02-01")]
    [InlineData("2026-12-31T23:59:59.999Z", 31, "2027-01-31T23:59:59.999Z", "2027-02-28T23:59:59.999Z", "2027-03-31T23:59:59.999Z")]
    public void Whole_periods_follow_each_other_by_the_anchor_day(string next, int anchorDay, string second, string third, string end)
    {
        var bills = Monthly(next, anchorDay).Following().Take(3).ToList();

        Assert.Equal([At(next), At(second), At(third)], bills.Select(bill => bill.PeriodStart));
        Assert.Equal([At(second), At(third), At(end)], bills.Select(bill => bill.PeriodEnd));
        Assert.All(bills, bill => Assert.Equal(Idr(100_000), bill.Lines.Single().Amount));
    }

    [Theory]
    [InlineData("2027-02-28", "2028-02-29", "2029-02-28")]
    [InlineData("2028-02-29", "2029-02-28", "2030-02-28")]
    public void A_yearly_one_of_29_February_falls_on_the_28th_in_common_years(string next, string second, string third)
    {
        var bills = (Monthly(next, 29) with { BillingCycle = "yearly" }).Following().Take(2).ToList();

        Assert.Equal([At(second), At(third)], bills.Select(bill => bill.PeriodEnd));
    }

    [Fact]
    public void The_end_of_a_trial_is_billed_to_the_first_and_whole_months_follow()
    {
        var (start, first) = (At("2026-11-18T09:00:00Z"), At("2026-12-01"));
        var trial = Monthly("2026-11-18T09:00:00Z", 1) with
        {
            NextBill = Agreement.Write(new RenewalBill(start, first, [Line(Idr(43_333))])),
        };
        var bills = trial.Following().Take(2).ToList();

        Assert.Equal((first, Idr(43_333)), (bills[0].PeriodEnd, bills[0].Lines.Single().Amount));
        Assert.Equal((first, At("2027-01-01"), Idr(100_000)), (bills[1].PeriodStart, bills[1].PeriodEnd, bills[1].Lines.Single().Amount));
    }

    [Fact]
    public void From_a_year_to_months_the_next_period_is_a_month_at_the_price_of_one()
    {
        var terms = new SubscriptionTermsChanged(
            Guid.CreateVersion7(), Guid.CreateVersion7(), 2, "pro", "Pro", "monthly", Usd(29.99m), 31, At("2025-08-31"), At("2026-08-31"), At("2026-08-31"));
        var bill = Agreement.Of(terms).Following().First();

        Assert.Equal((At("2026-09-30"), Usd(29.99m)), (bill.PeriodEnd, bill.Lines.Single().Amount));
        Assert.Equal("Pro, monthly, 2026-08-31 to 2026-09-30", bill.Lines.Single().Description);
    }

    [Fact]
    public void Nothing_follows_where_it_does_not_renew()
    {
        Assert.Empty((Monthly("2026-11-01", 1) with { NextBillingAt = null }).Following());
    }

    [Theory]
    [InlineData("""{"periodStart":"2026-12-01T00:00:00Z","periodEnd":"2027-01-01T00:00:00Z","lines":[]}""")]
    [InlineData("""{"periodStart":"2026-11-02T00:00:00Z","periodEnd":"2026-12-01T00:00:00Z","lines":[{"description":"","quantity":1,"unitPrice":{"amount":1,"currency":"IDR"},"amount":{"amount":1,"currency":"IDR"}}]}""")]
    [InlineData("""{"periodStart":7}""")]
    [InlineData("null")]
    public void An_exact_bill_that_is_none_is_refused(string bill)
    {
        Assert.Throws<CompositionException>(() => (Monthly("2026-11-01", 1) with { NextBill = bill }).Following().First());
    }
}
