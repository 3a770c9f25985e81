using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Rates;

/// <summary>What one unit of a currency is worth in rupiah: a row of <c>fx_quotes</c>, never changed.</summary>
public sealed record FxQuote(Guid Id, Currency FromCurrency, decimal Rate, string Source, DateTimeOffset QuotedAt, DateTimeOffset ValidUntil)
{
    /// <summary>Rounded up to a whole rupiah, so that the invoice is never paid by less than it asks for.</summary>
    public Money Convert(Money amount) => amount.Currency == FromCurrency
        ? new Money(decimal.Ceiling(amount.Amount * Rate), Currency.Idr)
        : throw new InvalidOperationException($"A quote for {FromCurrency} does not convert {amount.Currency}.");
}

public sealed record FxQuoteView(Guid Id, string From, string To, decimal Rate, string Source, DateTimeOffset QuotedAt, DateTimeOffset ValidUntil)
{
    public static FxQuoteView Of(FxQuote quote) =>
        new(quote.Id, quote.FromCurrency.Code, Currency.Idr.Code, quote.Rate, quote.Source, quote.QuotedAt, quote.ValidUntil);
}
