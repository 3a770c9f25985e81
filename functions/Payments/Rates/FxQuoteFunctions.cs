using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Rates;

public sealed record FxQuoteRequest
{
    [Required, RegularExpression("^USD\\z", ErrorMessage = "from is USD; rupiah need no rate.")]
    public string From { get; init; } = "";

    /// <summary>Rupiah for one unit, with at most six decimals.</summary>
    [Range(typeof(decimal), "0.000001", "999999999", ErrorMessage = "rate is above zero.")]
    public decimal Rate { get; init; }

    /// <summary>Who says so: a bank, a central bank's fixing, a contract.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Source { get; init; } = "";

    /// <summary>When the source said so; now when not given.</summary>
    public DateTimeOffset? QuotedAt { get; init; }

    [Required]
    public DateTimeOffset? ValidUntil { get; init; }
}

public sealed class FxQuoteFunctions(FxQuoteStore quotes, Caller caller, TimeProvider time)
{
    [Function("AddFxQuote"), Requires("payments:rates"), Idempotent, Accepts<FxQuoteRequest>]
    [Summary("Stores a rate at which amounts in USD are charged in rupiah from now on.")]
    public async Task<Created<FxQuoteView>> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/fx-quotes")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<FxQuoteRequest>(request, cancellationToken);
        var now = time.GetUtcNow();
        var quotedAt = body.QuotedAt ?? now;
        if (body.ValidUntil!.Value <= now || quotedAt > now)
            throw ProblemException.Invalid("validUntil", "QUOTE_NOT_VALID", "A quote was made by now and holds beyond now.");
        var quote = new FxQuote(
            Guid.CreateVersion7(now), Currency.Parse(body.From), decimal.Round(body.Rate, 6), body.Source, quotedAt, body.ValidUntil.Value);
        await quotes.InsertAsync(caller.Tenant, quote, now, cancellationToken);
        return TypedResults.Created("/v1/fx-quotes", FxQuoteView.Of(quote));
    }

    [Function("ListFxQuotes"), Requires("payments:read"), Summary("Lists the stored rates, newest first.")]
    [Query("limit", typeof(int), "How many, 1 to 100; 20 when not given.")]
    [Query("cursor", typeof(string), "The next of the page before.")]
    public async Task<Ok<Page<FxQuoteView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/fx-quotes")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await quotes.ListAsync(caller.Tenant, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, quote => quote.Id, FxQuoteView.Of));
    }
}
