using ServerlessBusiness.Billing.Agreements;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Agreements;

public sealed class ContradictionTests
{
    private static readonly Agreement Terms = Monthly("2026-12-01", 1);

    [Fact]
    public void What_the_terms_lead_to_stands_however_far_ahead_it_was_made()
    {
        Assert.Empty(Contradiction.Of(Terms, [Made("2026-12-01", "2027-01-01"), Made("2027-01-01", "2027-02-01")]));
        Assert.Empty(Contradiction.Of(Terms, []));
    }

    [Fact]
    public void Without_a_next_period_nothing_stands()
    {
        var wrong = Contradiction.Of(Terms with { NextBillingAt = null }, [Made("2026-12-01", "2027-01-01")]);

        Assert.Null(Assert.Single(wrong).Instead);
    }

    [Fact]
    public void Another_price_currency_or_end_asks_for_another_invoice()
    {
        Assert.Equal(Idr(50_000), Assert.Single(
            Contradiction.Of(Terms with { Price = 50_000 }, [Made("2026-12-01", "2027-01-01")])).Instead!.Lines.Single().Amount);
        Assert.NotNull(Assert.Single(Contradiction.Of(Terms with { Currency = "USD" }, [Made("2026-12-01", "2027-01-01")])).Instead);
        Assert.NotNull(Assert.Single(Contradiction.Of(Terms with { BillingCycle = "yearly" }, [Made("2026-12-01", "2027-01-01")])).Instead);
    }

    [Fact]
    public void A_period_that_lies_within_another_one_has_no_bill()
    {
        Assert.Null(Assert.Single(Contradiction.Of(Monthly("2027-06-01", 1), [Made("2026-12-01", "2027-01-01")])).Instead);
    }

    private static RenewalInvoice Made(string start, string end) => new(Guid.CreateVersion7(), At(start), At(end), 100_000, "IDR");
}
