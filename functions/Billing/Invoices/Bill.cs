using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>What is to be invoiced: to whom, for which charge of which subscription and period, over which lines.</summary>
/// <param name="Tier">What is paid for, as coupons know it; null where it is no subscription's period.</param>
/// <param name="Redemptions">The coupons that it takes, instead of those that are for what it bills.</param>
/// <param name="Reopenings">How often what stands for the charge had been paid and then was not, so that news of what it replaces are outdated.</param>
public sealed record Bill(
    Guid UserId, Guid? SubscriptionId, Guid? ChargeId, string? Tier, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    IReadOnlyList<ChargeLine> Lines, bool IsRenewal = false, bool TakesCoupons = true, IReadOnlyList<Guid>? Redemptions = null,
    int Reopenings = 0);

/// <summary>A bill with the invoice that comes of it, or the reason why none does.</summary>
public sealed record ComposedBill(Bill Bill, Composition? Composition, string? Refusal);
