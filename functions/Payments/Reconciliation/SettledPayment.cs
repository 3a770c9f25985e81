using System.Globalization;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>A payment that has brought money, for the books of Billing: in the invoice's money.</summary>
/// <param name="Pays">It pays its invoice: it was not taken back, and no other payment did so before it.</param>
public sealed record SettledPayment(Guid Id, Guid InvoiceId, Money Amount, Money Refunded, bool Pays, DateTimeOffset SettledAt)
{
    public static SettledPayment Of(Payment payment) => new(
        payment.Id, payment.InvoiceId, payment.Asked, payment.InInvoiceMoney(payment.RefundedAmount),
        payment.Status == PaymentStatus.Success && !payment.IsSurplus, payment.SettledAt!.Value);
}

/// <summary>Where a page of settled payments begins: after this one.</summary>
public sealed record SettledCursor(DateTimeOffset At, Guid Id)
{
    public static SettledCursor After(SettledPayment payment) => new(payment.SettledAt, payment.Id);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}.{Id:N}");

    /// <exception cref="ProblemException">400 when the list did not give it.</exception>
    public static SettledCursor? Parse(string? text)
    {
        if (text is null)
            return null;
        var parts = text.Split('.');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParseExact(parts[1], "N", out var id)
            ? new SettledCursor(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : throw ProblemException.Invalid("cursor", "INVALID_CURSOR", "This cursor was not given by this list.");
    }
}
