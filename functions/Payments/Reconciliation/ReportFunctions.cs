using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Reconciliation;

public sealed record ReportList(IReadOnlyList<ReconciliationReport> Items);

public sealed class ReportFunctions(WriteReports write, CompareBooks compare, ReportStore reports, Caller caller)
{
    [Function("WriteReconciliationReports")]
    public async Task Write([TimerTrigger("%RECONCILIATION_REPORT_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await write.RunAsync(cancellationToken);
        await compare.RunAsync(cancellationToken);
    }

    [Function("CompareBooks")]
    public Task Compare([TimerTrigger("%RECONCILE_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        compare.RunAsync(cancellationToken);

    [Function("ListReconciliationReports"), Requires("payments:read"), Summary("Lists the daily comparisons with the provider's books, newest first.")]
    [Query("limit", typeof(int), "How many, 1 to 100; 20 when not given.")]
    [Query("day", typeof(string), "Only that day's, such as 2026-11-22.")]
    public async Task<Ok<ReportList>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reconciliation-reports")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var day = QueryDate.Day(request, "day");
        return TypedResults.Ok(new ReportList(await reports.ListAsync(caller.Tenant, day, PageRequest.LimitOf(request), cancellationToken)));
    }
}
