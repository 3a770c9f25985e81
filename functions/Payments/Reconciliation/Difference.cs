using System.Globalization;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Refunds;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>Something that the provider's books tell otherwise than ours.</summary>
/// <param name="Kind">missing, amount, state or refunded.</param>
/// <param name="Repaired">What the provider told was a move there is, and was made; otherwise somebody has to look.</param>
public sealed record Difference(Guid PaymentId, string OrderId, string Kind, string Ours, string Theirs, bool Repaired = false)
{
    /// <summary>Everything in which the two differ; null when the provider could not be asked.</summary>
    public static IReadOnlyList<Difference>? Between(Payment payment, ProviderOutcome outcome) => outcome switch
    {
        ProviderOutcome.Accepted { Report: var report } => [.. Compare(payment, report)],
        // Never arrived there, or a hosted page that nobody has used: nothing is missing.
        ProviderOutcome.Declined { IsNotFound: true } when payment.ExternalTransactionId is null => [],
        ProviderOutcome.Declined { IsNotFound: true } => [Of(payment, "missing", Word(payment.ProviderState), "not found")],
        _ => null,
    };

    private static IEnumerable<Difference> Compare(Payment payment, ProviderReport report)
    {
        if (report.Gross != payment.Amount)
            yield return Of(payment, "amount", Number(payment.Amount), Number(report.Gross));
        // A charge that we withdrew may be ended there in another way; what counts is whether there is money.
        var sameEnd = payment.Status == PaymentStatus.Cancelled && report.State is { } end && PaymentStates.StatusOf(end) == PaymentStatus.Cancelled;
        // Withdrawn before it was known there; if it waits for its payer there, it may be paid.
        var isWithdrawn = payment is { Status: PaymentStatus.Cancelled, ProviderState: ProviderState.Pending };
        if ((report.State != payment.ProviderState || isWithdrawn) && !sameEnd)
        {
            var ours = isWithdrawn ? "withdrawn" : Word(payment.ProviderState);
            yield return Of(payment, "state", ours, report.State is { } state ? Word(state) : "unknown");
        }

        var goneBack = RefundRules.GoneBack(payment, report);
        if (goneBack != payment.RefundedAmount)
            yield return Of(payment, "refunded", Number(payment.RefundedAmount), Number(goneBack));
    }

    private static Difference Of(Payment payment, string kind, string ours, string theirs) => new(payment.Id, payment.OrderId, kind, ours, theirs);

    private static string Word(ProviderState state) => state.ToString().ToLowerInvariant();

    private static string Number(decimal? amount) => amount?.ToString("0.##", CultureInfo.InvariantCulture) ?? "none";
}
