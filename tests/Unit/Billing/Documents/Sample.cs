using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Documents;

internal static class Sample
{
    private static readonly DateTimeOffset At = new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero);

    public static Money Rupiah(decimal amount) => new(amount, Currency.Idr);

    public static InvoiceDocument Of(string locale, params IReadOnlyList<Money> prices)
    {
        var net = prices.Aggregate((sum, price) => sum + price);
        var rate = net.Currency == Currency.Idr ? 0.11m : 0;
        return new InvoiceDocument(
            DocumentKind.Invoice, "INV-2026-01-0001", null, locale, new Seller("PT Contoh", ["Jl. Satu 1", "Jakarta"], "01.234"), Guid.Empty.ToString(), null,
            At, At.AddDays(7), DocumentState.Open, null, [.. prices.Select((price, place) => new DocumentLine($"Line {place + 1}", 1, price, price))],
            net, rate, net * rate, net + (net * rate));
    }
}
