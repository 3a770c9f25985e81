using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// Money that came in and where it is: on its invoice, in the payer's credit balance or on its way back; a row of <c>payments_received</c>.
/// </summary>
/// <param name="CreditedNet">What the credited part counts in the balance.</param>
/// <param name="Uncovered">What went back although it had been spent, as the balance counts.</param>
/// <param name="Placed">What of its credit paid other open invoices as it came, and is asked for again should it go back.</param>
public sealed record ReceivedPayment(
    Guid PaymentId, Guid InvoiceId, Guid UserId, string Currency, decimal Amount, string? Method, decimal Applied, decimal Credited, decimal Returned,
    decimal CreditedNet, decimal Refunded, decimal Uncovered, string? Flag, DateTimeOffset? ReceivedAt, DateTimeOffset? ReversedAt,
    decimal Placed = 0)
{
    /// <summary>More came than was due.</summary>
    public const string Overpaid = "overpaid";

    /// <summary>Its invoice was paid already.</summary>
    public const string AlreadyPaid = "already_paid";

    /// <summary>Its invoice had been cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>There is no such invoice, or it is in another currency.</summary>
    public const string Unmatched = "unmatched";

    /// <summary>Nobody has told yet that it came, only what became of it.</summary>
    public bool IsUnheardOf => ReceivedAt is null;

    public bool IsReversed => ReversedAt is not null;

    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));

    /// <summary>What of the balance so much of the credited part counts: all of it for all of it.</summary>
    public Money CreditOf(decimal gross) =>
        gross == Credited ? Money(CreditedNet) : Shared.Finance.Money.Rounded(CreditedNet * gross / Credited, Money(0).Currency);

    /// <summary>The part of the credited money that so much of the balance stands for.</summary>
    public decimal CreditedFor(decimal net) =>
        net == CreditedNet ? Credited : Math.Min(Credited, Shared.Finance.Money.Rounded(Credited * net / CreditedNet, Money(0).Currency).Amount);

    /// <summary>What of a refund that Payments refuses is still here: what was to go back and has not, whoever sent it. Nothing once the bank took it.</summary>
    public decimal KeptOf(decimal refund) => Math.Clamp(Returned - Refunded, 0, refund);

    public ReceivedPayment WithCredit(decimal gross, decimal net) => this with { Credited = Credited + gross, CreditedNet = CreditedNet + net };
}
