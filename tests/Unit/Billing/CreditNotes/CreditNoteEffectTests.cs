using CsCheck;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.CreditNotes;

public sealed class CreditNoteEffectTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    // total, due, paid, consumed, refund → reduced, credited, refunded
    [Theory]
    [InlineData(30, 100, 0, 0, false, 30, 0, 0)]
    [InlineData(100, 100, 0, 0, true, 100, 0, 0)]
    [InlineData(80, 60, 40, 0, false, 60, 20, 0)]
    [InlineData(80, 60, 40, 0, true, 60, 0, 20)]
    [InlineData(100, 0, 100, 0, true, 0, 0, 100)]
    [InlineData(100, 0, 100, 40, true, 0, 40, 60)]
    [InlineData(30, 0, 100, 80, true, 0, 10, 20)]
    [InlineData(30, 0, 100, 100, true, 0, 30, 0)]
    [InlineData(30, 0, 50, 80, true, 0, 30, 0)]
    [InlineData(30, 0, 100, 0, false, 0, 30, 0)]
    public void What_is_due_is_lowered_first_and_a_refund_is_what_was_paid_and_not_used(
        decimal total, decimal due, decimal paid, decimal consumed, bool refund, decimal reduced, decimal credited, decimal refunded)
    {
        var effect = CreditNoteEffect.Of(Rupiah(total), Rupiah(due), Rupiah(paid), Rupiah(consumed), refund);

        Assert.Equal(new CreditNoteEffect(Rupiah(reduced), Rupiah(credited), Rupiah(refunded)), effect);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(0.99, 0)]
    [InlineData(1, 10)]
    [InlineData(15, 150)]
    [InlineData(29.5, 290)]
    [InlineData(30, 300)]
    [InlineData(400, 300)]
    public void A_period_is_used_up_by_whole_days(double days, decimal consumed)
    {
        var invoice = Invoice(Start, Start.AddDays(30));

        Assert.Equal(Rupiah(consumed), CreditNoteEffect.Consumed(invoice, Start.AddDays(days)));
    }

    [Fact]
    public void Without_a_period_nothing_is_used_up()
    {
        Assert.Equal(Rupiah(0), CreditNoteEffect.Consumed(Invoice(null, null), Start.AddYears(1)));
    }

    [Fact]
    public void All_of_a_note_goes_somewhere_and_no_more_goes_back_than_was_paid()
    {
        Gen.Select(Gen.Int[1, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Bool).Sample((total, paid, consumed, refund) =>
        {
            var due = Math.Max(0, 1000 - paid);
            var effect = CreditNoteEffect.Of(Rupiah(Math.Min(total, due + paid)), Rupiah(due), Rupiah(paid), Rupiah(consumed), refund);
            return effect.Reduced + effect.Credited + effect.Refunded == Rupiah(Math.Min(total, due + paid))
                && effect.Over.Amount <= paid && effect.Refunded.Amount <= Math.Max(0, paid - consumed)
                && effect.Reduced.Amount >= 0 && effect.Credited.Amount >= 0 && effect.Refunded.Amount >= 0;
        });
    }

    private static Invoice Invoice(DateTimeOffset? start, DateTimeOffset? end) => new(
        Guid.CreateVersion7(), "INV-2026-11-0001", Guid.CreateVersion7(), null, start, end, 270, 0.11m, 30, 300, "IDR", InvoiceStatus.Paid,
        Start, Start, null, Start, null, 270, 0, TaxMode.Exclusive, 270, IsRenewal: false, IsDraft: false, AmountPaid: 300);

    private static Money Rupiah(decimal amount) => new(amount, Currency.Idr);
}
