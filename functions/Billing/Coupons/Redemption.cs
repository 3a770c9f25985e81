using ServerlessBusiness.Billing.Invoices;

namespace ServerlessBusiness.Billing.Coupons;

/// <summary>A coupon that a user has redeemed and that is good for further invoices.</summary>
/// <param name="Tiers">Codes of the tiers it is for, comma-separated; null: all, and what is no subscription's.</param>
public sealed record Redemption(
    Guid Id, Guid UserId, Guid? SubscriptionId, int? InvoicesLeft, string Code, decimal? Percent, decimal? Amount, string? Currency, string? Tiers)
{
    public Discount Discount => new(Id, Code, Percent, Amount, IsCounted: InvoicesLeft is not null);

    public bool Fits(Bill bill, string currency) =>
        InvoicesLeft is null or > 0
        && (Currency is null || Currency == currency)
        && (bill.Redemptions?.Contains(Id) ?? IsFor(bill));

    private bool IsFor(Bill bill) =>
        bill.TakesCoupons
        && (SubscriptionId is null || SubscriptionId == bill.SubscriptionId)
        && (Tiers is null || (bill.Tier is { } tier && Tiers.Split(',').Contains(tier)));
}
