using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Reports;

/// <summary>Reports of the tenant, as JSON or, with <c>format=csv</c>, as CSV.</summary>
public sealed class ReportFunctions(ReportStore reports, Caller caller, BillingTime time)
{
    private const string Read = "invoices:report";

    [Function("ReportRevenue"), Requires(Read), Summary("What was invoiced by month and currency, and what of it is paid.")]
    [Query("from", typeof(string), "The first month, such as 2026-01; by default the last twelve are shown.")]
    [Query("to", typeof(string), "The last month.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<RevenueRow>>, ContentHttpResult>> Revenue(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reports/revenue")] HttpRequest request, CancellationToken cancellationToken) =>
        Answer(request, await reports.RevenueAsync(caller.Tenant, MonthRange.Of(request, time.GetUtcNow()), cancellationToken));

    [Function("ReportTax"), Requires(Read), Summary("Tax by month, currency and rate, with what it was taken on.")]
    [Query("from", typeof(string), "The first month, such as 2026-01; by default the last twelve are shown.")]
    [Query("to", typeof(string), "The last month.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<TaxRow>>, ContentHttpResult>> Tax(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reports/tax")] HttpRequest request, CancellationToken cancellationToken) =>
        Answer(request, await reports.TaxAsync(caller.Tenant, MonthRange.Of(request, time.GetUtcNow()), cancellationToken));

    [Function("ReportReceivables"), Requires(Read), Summary("What is open, by the days since it was due: 0-30, 31-60, 61-90 and more.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<ReceivablesRow>>, ContentHttpResult>> Receivables(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reports/receivables")] HttpRequest request, CancellationToken cancellationToken) =>
        Answer(request, await reports.ReceivablesAsync(caller.Tenant, time.GetUtcNow(), cancellationToken));

    private static Results<Ok<Report<T>>, ContentHttpResult> Answer<T>(HttpRequest request, IReadOnlyList<T> rows) =>
        request.Query["format"].ToString() switch
        {
            "" or "json" => TypedResults.Ok(new Report<T>(rows)),
            "csv" => TypedResults.Text(Csv.Of(rows), "text/csv; charset=utf-8"),
            _ => throw ProblemException.Invalid("format", "INVALID_FORMAT", "format is json or csv."),
        };
}
