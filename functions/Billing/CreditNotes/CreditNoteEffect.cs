using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>Where a credit note's money goes: off what is still due, back by the way it came, and the rest to the credit balance.</summary>
public sealed record CreditNoteEffect(Money Reduced, Money Credited, Money Refunded)
{
    /// <summary>What of the note had been paid.</summary>
    public Money Over => Credited + Refunded;

    /// <param name="paid">What payments hold of the invoice.</param>
    /// <param name="consumed">What of the invoice is used up: of a refund it stays here, as credit.</param>
    public static CreditNoteEffect Of(Money total, Money due, Money paid, Money consumed, bool refund)
    {
        var nothing = Money.Zero(total.Currency);
        var reduced = Least(total, due);
        var over = total - reduced;
        var refunded = refund && paid > consumed ? Least(over, paid - consumed) : nothing;
        return new CreditNoteEffect(reduced, over - refunded, refunded);
    }

    /// <summary>The share of an invoice's period that has passed, in whole days; nothing of one without a period.</summary>
    public static Money Consumed(Invoice invoice, DateTimeOffset now)
    {
        if (invoice is not { PeriodStart: { } start, PeriodEnd: { } end } || Days(start, end) is var days && days <= 0)
            return invoice.Money(0);
        return invoice.Total * ((decimal)Math.Clamp(Days(start, now), 0, days) / days);
    }

    private static int Days(DateTimeOffset from, DateTimeOffset to) => (to.UtcDateTime.Date - from.UtcDateTime.Date).Days;

    private static Money Least(Money one, Money other) => one < other ? one : other;
}
