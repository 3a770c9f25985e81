using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Which payment a request to pay an invoice is answered with.</summary>
public static class PaymentOfInvoice
{
    /// <summary>The pending one of the invoice's live payments.</summary>
    /// <exception cref="ProblemException">409 when the invoice is paid, or its pending payment is not what is asked for.</exception>
    public static Payment Choose(IReadOnlyList<Payment> live, Payment wanted)
    {
        if (live.Any(payment => payment.Status == PaymentStatus.Success && payment.Installment == wanted.Installment))
            throw ProblemException.Conflict("INVOICE_ALREADY_PAID", "This invoice, or this part of it, has been paid already.");

        var pending = live.FirstOrDefault(payment => payment.Status == PaymentStatus.Pending)
            ?? throw ProblemException.Conflict("PAYMENT_JUST_ENDED", "The invoice's payment ended at this moment. Try again.");
        if (pending.CancelRequestedAt is not null)
            throw ProblemException.Conflict("PAYMENT_BEING_CANCELLED", "The invoice's payment is being withdrawn. Try again shortly.");
        if (pending.Asked != wanted.Asked)
            throw ProblemException.Conflict("PAYMENT_PENDING", $"A payment of {pending.Asked} for this invoice is waiting to be paid.");
        return (pending.Method, pending.Bank) == (wanted.Method, wanted.Bank)
            ? pending
            : throw ProblemException.Conflict(
                "PAYMENT_PENDING",
                $"A payment by {pending.Bank ?? pending.Method} for this invoice is waiting. "
                + $"To pay in another way, cancel it with POST /v1/payments/{pending.Id}/cancel first.");
    }
}
