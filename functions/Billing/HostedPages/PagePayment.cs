using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>The newest payment of an invoice as Payments tells it, as far as the page shows it.</summary>
internal sealed record PagePayment(
    Guid Id, string Status, Money Amount, string Method, string? Bank, PaymentInstructionsView? Instructions, DateTimeOffset? ExpiresAt,
    Money? Charged = null, Money? Refunded = null, DateTimeOffset? SettledAt = null, Guid? PaymentMethodId = null)
{
    // The news of it takes a moment. What takes longer is somebody's to look at, and the payer need not wait for it.
    private static readonly TimeSpan Underway = TimeSpan.FromMinutes(10);

    /// <summary>Billing knows of it: whatever it has paid is on the invoice.</summary>
    public bool IsHeardOf { get; init; }

    /// <summary>What asks for just this payment again; null where no press does: of a card, and of what its payer keeps.</summary>
    public PayMethod? Press => PaymentMethodId is null ? PayMethod.Find(Method, Bank) : null;

    /// <summary>It has come in and the invoice does not show it yet.</summary>
    public bool IsNews(DateTimeOffset now) =>
        Status == "success" && !IsHeardOf && Refunded is null or { IsZero: true } && SettledAt > now - Underway;
}
