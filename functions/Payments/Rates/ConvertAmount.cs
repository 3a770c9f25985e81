using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Rates;

/// <summary>The rupiah that are charged for an amount: the provider takes nothing else.</summary>
public sealed class ConvertAmount(FxQuoteStore quotes)
{
    /// <returns>The rupiah, and the quote when one was needed.</returns>
    /// <exception cref="ProblemException">422 when no rate is stored for this moment.</exception>
    public async Task<(Money Charged, Guid? Quote)> RunAsync(TenantId tenant, Money asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (asked.Currency == Currency.Idr)
            return (asked, null);
        var quote = await quotes.FindAsync(tenant, asked.Currency, now, cancellationToken)
            ?? throw ProblemException.Unprocessable(
                "FX_RATE_MISSING", $"No rate from {asked.Currency} to IDR is stored that holds now. An administrator adds one with POST /v1/fx-quotes.");
        return (quote.Convert(asked), quote.Id);
    }
}
