using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>An agreement with a bill that is due.</summary>
/// <param name="RunPeriods">How many of its periods this run has dealt with already.</param>
/// <param name="IsBilled">There is an invoice for the period, as far as that was looked for.</param>
public sealed record DueAgreement(
    Guid SubscriptionId, Guid UserId, string TierCode, string TierName, string BillingCycle, int AnchorDay, string Currency, decimal Price,
    DateTimeOffset NextBillingAt, string? NextBill, int RunPeriods, bool IsBilled)
{
    /// <summary>What Subscriptions calls the charge of its next period.</summary>
    public Guid ChargeId => RenewalCharge.IdOf(SubscriptionId, NextBillingAt);

    public Agreement Agreement => new(
        SubscriptionId, UserId, TierCode, TierName, BillingCycle, AnchorDay, Currency, Price, NextBillingAt, NextBill);
}

/// <summary>Where an agreement goes from here: on to the next period, or aside with a reason.</summary>
public sealed record Advance(Guid SubscriptionId, DateTimeOffset? Next, string? ParkedReason);

/// <summary>A subscription that runs leave out.</summary>
public sealed record ParkedAgreement(
    Guid SubscriptionId, Guid UserId, string TierCode, DateTimeOffset? NextBillingAt, string Reason, DateTimeOffset ParkedAt);
