using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Rates;

/// <summary>What one unit of a currency is worth in rupiah: a row of <c>fx_quotes</c>, never changed.</summary>
public sealed record FxQuote(Guid Id, Currency FromCurrency, decimal Rate, string Source, DateTimeOffset QuotedAt, DateTimeOffset ValidUntil)
{
    /// <summary>Rounded up to a whole rupiah, so that the invoice is never paid by less than it asks for.</summary>
    /// <exception cref="ProblemException">422 when it is more than can be charged.</exception>
    public Money Convert(Money amount)
    {
        if (amount.Currency != FromCurrency)
            throw new InvalidOperationException($"A quote for {FromCurrency} does not convert {amount.Currency}.");
        var rupiah = decimal.Ceiling(amount.Amount * Rate);
        return rupiah <= Money.Largest
            ? new Money(rupiah, Currency.Idr)
            : throw ProblemException.Unprocessable("AMOUNT_TOO_LARGE", $"{amount} are {rupiah} rupiah at the stored rate, more than can be charged at once.");
    }
}

public sealed record FxQuoteView(Guid Id, string From, string To, decimal Rate, string Source, DateTimeOffset QuotedAt, DateTimeOffset ValidUntil)
{
    public static FxQuoteView Of(FxQuote quote) =>
        new(quote.Id, quote.FromCurrency.Code, Currency.Idr.Code, quote.Rate, quote.Source, quote.QuotedAt, quote.ValidUntil);
}
