using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Coupons;

public enum CouponDuration
{
    /// <summary>For one invoice.</summary>
    Once,

    /// <summary>For so many invoices.</summary>
    Repeating,

    Forever,
}

/// <param name="Tiers">Codes, comma-separated; null: all, and what is no subscription's.</param>
public sealed record Coupon(
    Guid Id, string Code, decimal? Percent, decimal? Amount, string? Currency, CouponDuration Duration, int? Invoices, string? Tiers,
    int? MaxRedemptions, int Redemptions, DateTimeOffset? RedeemBy, bool Active, DateTimeOffset CreatedAt);

/// <summary>A coupon as the outside sees it: it takes off a percentage or an amount.</summary>
public sealed record CouponView(
    Guid Id, string Code, decimal? Percent, Money? Amount, string? Currency, CouponDuration Duration, int? Invoices, IReadOnlyList<string>? Tiers,
    int? MaxRedemptions, int Redemptions, DateTimeOffset? RedeemBy, bool Active, DateTimeOffset CreatedAt)
{
    public static CouponView Of(Coupon row) => new(
        row.Id, row.Code, row.Percent, row.Amount is { } amount ? new Money(amount, Shared.Finance.Currency.Parse(row.Currency)) : null, row.Currency,
        row.Duration, row.Invoices, row.Tiers?.Split(','), row.MaxRedemptions, row.Redemptions, row.RedeemBy, row.Active, row.CreatedAt);
}
