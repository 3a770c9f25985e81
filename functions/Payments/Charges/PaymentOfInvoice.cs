using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Which payment a request to pay an invoice is answered with.</summary>
public static class PaymentOfInvoice
{
    /// <summary>The pending one of the invoice's live payments.</summary>
    /// <exception cref="ProblemException">409 when the invoice is paid, or its pending payment is not what is asked for.</exception>
    public static Payment Choose(IReadOnlyList<Payment> live, Money amount)
    {
        if (live.Any(payment => payment.Status == PaymentStatus.Success))
            throw ProblemException.Conflict("INVOICE_ALREADY_PAID", "This invoice has been paid already.");

        var pending = live.FirstOrDefault()
            ?? throw ProblemException.Conflict("PAYMENT_JUST_ENDED", "The invoice's payment ended at this moment. Try again.");
        if (pending.CancelRequestedAt is not null)
            throw ProblemException.Conflict("PAYMENT_BEING_CANCELLED", "The invoice was cancelled, and its payment is being withdrawn.");
        return pending.Total == amount
            ? pending
            : throw ProblemException.Conflict("PAYMENT_PENDING", $"A payment of {pending.Total} for this invoice is waiting to be paid.");
    }
}
