using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Reconciliation;

public sealed class ReconciliationFunctions(Reconcile reconcile, Caller caller, BillingTime time)
{
    [Function("ReadReconciliation"), Requires("invoices:read")]
    [Summary("Compares a month's invoices, payments and credit with each other and with Payments, and lists what does not agree.")]
    [Query("month", typeof(string), "Such as 2026-11; this month when not given.")]
    public async Task<Ok<ReconciliationView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reports/reconciliation")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var day = QueryDate.Month(request, "month") is { } month ? new DateTimeOffset(month, TimeOnly.MinValue, TimeSpan.Zero) : time.GetUtcNow();
        return TypedResults.Ok(await reconcile.RunAsync(caller.Tenant, BusinessCalendar.MonthOf(day), cancellationToken));
    }
}
