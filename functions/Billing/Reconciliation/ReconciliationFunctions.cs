using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Reconciliation;

public sealed class ReconciliationFunctions(Reconcile reconcile, Caller caller, TimeProvider time)
{
    [Function("ReadReconciliation"), Requires("invoices:read")]
    [Summary("Compares a month's invoices, payments and credit with each other and with Payments, and lists what does not agree.")]
    [Query("month", typeof(string), "Such as 2026-11; this month when not given.")]
    public async Task<Ok<ReconciliationView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reports/reconciliation")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var day = time.GetUtcNow();
        if (request.Query.TryGetValue("month", out var text) && !TryParse(text, out day))
            throw ProblemException.Invalid("month", "INVALID_MONTH", "month is a month such as 2026-11.");
        return TypedResults.Ok(await reconcile.RunAsync(caller.Tenant, BusinessCalendar.MonthOf(day), cancellationToken));
    }

    private static bool TryParse(string? text, out DateTimeOffset month) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out month) && month.Year < 9999;
}
