using System.Globalization;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Coupons;

/// <summary>What a redeemed coupon takes off an invoice: a percentage or an amount.</summary>
/// <param name="IsCounted">The redemption is good for so many invoices only.</param>
public sealed record Discount(Guid RedemptionId, string Code, decimal? Percent, decimal? Amount, bool IsCounted)
{
    /// <summary>Off what is left to pay, never more than that; a percentage is rounded once, half away from zero.</summary>
    public Money On(Money left)
    {
        if (left.Amount <= 0)
            return Money.Zero(left.Currency);
        var off = Percent is { } percent ? left * (percent / 100) : new Money(Amount!.Value, left.Currency);
        return off < left ? off : left;
    }

    public string Describe() => Percent is { } percent
        ? string.Create(CultureInfo.InvariantCulture, $"Coupon {Code}, {percent:0.##} %")
        : $"Coupon {Code}";
}
