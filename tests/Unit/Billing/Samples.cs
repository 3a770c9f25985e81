using System.Globalization;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing;

internal static class Samples
{
    public static readonly TaxRule Indonesian = new(0.11m, TaxMode.Exclusive);
    public static readonly TaxRule Inclusive = new(0.11m, TaxMode.Inclusive);
    public static readonly TaxRule Untaxed = new(0, TaxMode.Exclusive);

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static Money Idr(decimal amount) => new(amount, Currency.Idr);

    public static Money Usd(decimal amount) => new(amount, Currency.Usd);

    public static ChargeLine Line(Money amount) => new("A line", 1, amount, amount);

    public static Discount Percent(decimal percent) => new(Guid.CreateVersion7(), "PERCENT", percent, Amount: null, IsCounted: false);

    public static Discount Off(decimal amount) => new(Guid.CreateVersion7(), "OFF", Percent: null, amount, IsCounted: false);

    public static Agreement Monthly(string next, int anchorDay, decimal price = 100_000, string currency = "IDR") => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "pro", "Pro", "monthly", anchorDay, currency, price, At(next), NextBill: null);
}
