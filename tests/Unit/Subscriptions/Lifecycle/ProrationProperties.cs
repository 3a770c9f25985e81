using CsCheck;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

/// <summary>What must hold for any price, period and moment.</summary>
public sealed class ProrationProperties
{
    private static readonly Gen<Currency> AnyCurrency = Gen.Bool.Select(isUsd => isUsd ? Currency.Usd : Currency.Idr);

    private static readonly Gen<DateTimeOffset> AnyMoment =
        Gen.Long[At("2024-01-01").ToUnixTimeMilliseconds(), At("2032-12-31").ToUnixTimeMilliseconds()].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<(Tier A, Tier B, DateTimeOffset Start, double Part)> AnyChange =
        Gen.Select(AnyCurrency, Gen.Long[0, 99_999_999], Gen.Long[0, 99_999_999], Gen.Bool, Gen.Bool, AnyMoment, Gen.Double[0, 1])
            .Select(drawn =>
            {
                var (currency, a, b, yearly, calendar, start, part) = drawn;
                var cycle = yearly ? BillingCycle.Yearly : BillingCycle.Monthly;
                var mode = calendar ? BillingMode.Calendar : BillingMode.Anniversary;
                return (Priced("a", a), Priced("b", b), start, part);

                Tier Priced(string code, long units) =>
                    Tier(code, Money.FromMinorUnits(units, currency).Amount, cycle, mode, currency.Code);
            });

    [Fact]
    public void The_parts_of_a_split_period_differ_from_its_price_by_a_unit_each_at_most() =>
        Gen.Select(AnyChange, Gen.Double[0, 1].Array[1, 12]).Sample((change, cuts) =>
        {
            var billed = Quote.First(change.A, change.Start).Billed;
            var whole = billed.Whole;
            var moments = cuts.Order().Select(cut => whole.Start + (whole.Length * cut)).Append(whole.End).Prepend(whole.Start).ToList();
            var total = Proration.Days(whole.Start, whole.End);
            var sum = 0L;
            for (var part = 1; part < moments.Count; part++)
                sum += (change.A.Price * ((decimal)Proration.Days(moments[part - 1], moments[part]) / total)).MinorUnits;

            Assert.True(Math.Abs(sum - change.A.Price.MinorUnits) <= moments.Count - 1);
        });

    [Fact]
    public void There_and_back_at_the_same_instant_nets_nothing() => AnyChange.Sample(change =>
    {
        var (a, b, start, part) = change;
        var first = Quote.First(a, start);
        var now = first.Billed.Period.Start + (first.Billed.Period.Length * (part * 0.999));
        var onA = On(a, first.Billed);
        var there = Quote.Change(onA, first.Charged, b, now);
        var onB = onA.On(b).In(there.Billed, onA.BillingMode);
        var back = Quote.Change(onB, there.Charged, a, now);

        Assert.Equal(0, (there.Charged - there.Credit + back.Charged - back.Credit).MinorUnits);
    });

    [Fact]
    public void Nobody_gets_back_more_than_he_paid() =>
        Gen.Select(AnyChange, Gen.Double[0, 1].Array[0, 8]).Sample((change, cuts) =>
        {
            var quote = Quote.First(change.A, change.Start);
            var (subscription, left, other) = (On(change.A, quote.Billed), quote.Charged, change.B);
            foreach (var cut in cuts.Order())
            {
                var now = quote.Billed.Period.Start + (quote.Billed.Period.Length * (cut * 0.999));
                var next = Quote.Change(subscription, left, other, now);
                Assert.True(next.Credit <= left);
                Assert.True(next.Credit.Amount >= 0 && next.Charged.Amount >= 0);
                (subscription, left, other) = (subscription.On(other).In(next.Billed, subscription.BillingMode), next.Charged, other == change.B ? change.A : change.B);
            }

            Assert.True(Quote.Stop(subscription, left, quote.Billed.Period.Start).Credit <= left);
        });

    [Fact]
    public void A_quote_is_the_sum_of_its_lines() => AnyChange.Sample(change =>
    {
        var first = Quote.First(change.A, change.Start);
        var quote = Quote.Change(On(change.A, first.Billed), first.Charged, change.B, change.Start);

        Assert.Equal(
            (quote.Charged - quote.Credit).MinorUnits,
            quote.Lines.Sum(line => line.Amount.MinorUnits));
        // Divided last: the price of a day is rarely a decimal number.
        Assert.All(quote.Lines, line => Assert.Equal(
            Money.Rounded(line.UnitPrice.Amount * line.Quantity * (line.Days ?? 1) / (line.OfDays ?? 1), line.UnitPrice.Currency), line.Amount));
    });
}
