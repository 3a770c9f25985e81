using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>Lets Billing compare its books with ours, a page at a time.</summary>
public sealed class SettledFunctions(PaymentStore payments, Caller caller)
{
    private const int PageSize = 500;

    [Function("ListSettledPayments"), Authenticated, Summary("Lists what was settled in a month (UTC), oldest first. For our own services.")]
    [Query("month", typeof(string), "Such as 2026-11.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    public async Task<Ok<Page<SettledPayment>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/settled-payments")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireService();
        var month = QueryDate.Month(request, "month")
            ?? throw ProblemException.Invalid("month", "INVALID_MONTH", "month is a month such as 2026-11.");
        var start = new DateTimeOffset(month, TimeOnly.MinValue, TimeSpan.Zero);

        var after = SettledCursor.Parse(request.Query["cursor"]);
        var rows = await payments.ListSettledAsync(caller.Tenant, start, start.AddMonths(1), after, PageSize, cancellationToken);
        var page = rows.Select(SettledPayment.Of).ToList();
        return TypedResults.Ok(new Page<SettledPayment>(page, page.Count == PageSize ? SettledCursor.After(page[^1]).ToString() : null));
    }
}
