using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Which payment a request to pay an invoice is answered with.</summary>
public static class PaymentOfInvoice
{
    /// <summary>The pending one of the invoice's live payments; null when none is open.</summary>
    /// <exception cref="ProblemException">409 when the invoice is paid, or its pending payment is not what is asked for.</exception>
    public static Payment? Find(IReadOnlyList<Payment> live, ChargeRequest request)
    {
        if (live.Any(payment => payment.Status == PaymentStatus.Success && payment.Installment == request.Installment))
            throw ProblemException.Conflict("INVOICE_ALREADY_PAID", "This invoice, or this part of it, has been paid already.");
        if (live.FirstOrDefault(payment => payment.Status == PaymentStatus.Pending) is not { } pending)
            return null;

        if (pending.CancelRequestedAt is not null)
            throw ProblemException.Conflict("PAYMENT_BEING_CANCELLED", "The invoice's payment is being withdrawn. Try again shortly.");
        if (pending.Asked != request.Amount)
            throw ProblemException.Conflict("PAYMENT_PENDING", $"A payment of {pending.Asked} for this invoice is waiting to be paid.");
        return IsAskedFor(pending, request)
            ? pending
            : throw ProblemException.Conflict(
                "PAYMENT_PENDING",
                $"A payment by {pending.Bank ?? pending.Method} for this invoice is waiting. "
                + $"To pay in another way, cancel it with POST /v1/payments/{pending.Id}/cancel first.");
    }

    // Whichever of what its user keeps was charged: the wish was for one of them. Who names a card or wallet is charged by no other.
    private static bool IsAskedFor(Payment pending, ChargeRequest request) => request.Method == PaymentMethods.Saved
        ? pending.PaymentMethodId is not null
        : (pending.Method, pending.Bank, pending.PaymentMethodId) == (request.Method, request.BankOfMethod, request.PaymentMethodId);
}
