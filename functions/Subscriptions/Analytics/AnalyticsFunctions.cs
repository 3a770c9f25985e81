using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Primitives;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Usage;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <param name="Next">Where the rows go on, as <c>cursor</c>; null where these are all.</param>
public sealed record Report<T>(DateOnly From, DateOnly To, IReadOnlyList<T> Rows, string? Next = null);

/// <summary>Reports of the tenant, as JSON or, with <c>format=csv</c>, as CSV, which says in a Link header where it goes on.</summary>
public sealed class AnalyticsFunctions(UsageReports usage, SubscriptionReports subscriptions, RebuildMetrics rebuild, Caller caller, TimeProvider time)
{
    private const string Read = "analytics:read";
    private const int RowsAtOnce = 1000;
    private const int LongestKey = 50;

    [Function("ReportUsage"), Requires(Read)]
    [Summary("Usage by feature, user or day: events, quantity, error rate and p95 of the duration. Days come all at once, the others 1,000 at a time.")]
    [Query("by", typeof(string), "feature, user or day.")]
    [Query("feature", typeof(string), "Only this feature.")]
    [Query("from", typeof(DateOnly), "The first day; by default the last thirty are shown.")]
    [Query("to", typeof(DateOnly), "The last day.")]
    [Query("format", typeof(string), "json or csv.")]
    [Query("cursor", typeof(string), "Where the rows begin: `next` of the report before.")]
    public async Task<Results<Ok<Report<UsageRow>>, ContentHttpResult>> Usage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/analytics/usage")] HttpRequest request, CancellationToken cancellationToken)
    {
        var range = RangeOf(request);
        var by = request.Query.TryGetValue("by", out var named) ? named.ToString() : "feature";
        if (by is not ("feature" or "user" or "day"))
            throw ProblemException.Invalid("by", "INVALID_GROUP", "by is feature, user or day.");
        var limit = by == "day" ? int.MaxValue : RowsAtOnce + 1;
        var rows = await usage.ByAsync(caller.Tenant, by, FeatureOf(request), range, CursorOf(request), limit, cancellationToken);
        return rows.Count == limit
            ? Answer(request, range, [.. rows.Take(RowsAtOnce)], next: rows[RowsAtOnce - 1].Key)
            : Answer(request, range, rows);
    }

    [Function("ReportTopUsers"), Requires(Read), Summary("The users who use most.")]
    [Query("feature", typeof(string), "Only this feature.")]
    [Query("limit", typeof(int), "How many, 1 to 100.")]
    [Query("from", typeof(DateOnly), "The first day; by default the last thirty are shown.")]
    [Query("to", typeof(DateOnly), "The last day.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<UsageRow>>, ContentHttpResult>> TopUsers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/analytics/top-users")] HttpRequest request, CancellationToken cancellationToken)
    {
        var range = RangeOf(request);
        var limit = PageRequest.LimitOf(request);
        return Answer(request, range, await usage.TopUsersAsync(caller.Tenant, FeatureOf(request), range, limit, cancellationToken));
    }

    [Function("ReportSubscriptions"), Requires(Read), Summary("New, cancelled and all subscriptions, revenue and MRR by day and tier.")]
    [Query("from", typeof(DateOnly), "The first day; by default the last thirty are shown.")]
    [Query("to", typeof(DateOnly), "The last day.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<SubscriptionDayRow>>, ContentHttpResult>> Subscriptions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/analytics/subscriptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var range = RangeOf(request);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return Answer(request, range, await subscriptions.ByDayAsync(caller.Tenant, range, today, cancellationToken));
    }

    [Function("ReportSummary"), Requires(Read), Summary("MRR, ARR, churn, upgrades, trial conversion and LTV.")]
    [Query("from", typeof(DateOnly), "The first day; by default the last thirty are shown.")]
    [Query("to", typeof(DateOnly), "The last day.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<SubscriptionSummary>>, ContentHttpResult>> Summary(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/analytics/summary")] HttpRequest request, CancellationToken cancellationToken)
    {
        var range = RangeOf(request);
        return Answer(request, range, [await subscriptions.SummaryAsync(caller.Tenant, range, cancellationToken)]);
    }

    [Function("ReportCohorts"), Requires(Read), Summary("Of those who began in a month: how many are left month by month, and what they brought in.")]
    [Query("from", typeof(DateOnly), "The first day; by default the last thirty are shown.")]
    [Query("to", typeof(DateOnly), "The last day.")]
    [Query("format", typeof(string), "json or csv.")]
    public async Task<Results<Ok<Report<CohortRow>>, ContentHttpResult>> Cohorts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/analytics/cohorts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var range = RangeOf(request);
        return Answer(request, range, await subscriptions.CohortsAsync(caller.Tenant, range, cancellationToken));
    }

    [Function("RebuildAnalytics"), Requires("analytics:write"), Accepts<RebuildRequest>]
    [Summary("Computes the subscription metrics of some days from PostgreSQL anew.")]
    public async Task<Ok<RebuildView>> Rebuild(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/analytics/rebuild")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RebuildRequest>(request, cancellationToken);
        return TypedResults.Ok(await rebuild.RunAsync(caller.Tenant, body, cancellationToken));
    }

    private ReportRange RangeOf(HttpRequest request) => ReportRange.Of(request, time.GetUtcNow());

    private static string FeatureOf(HttpRequest request)
    {
        var feature = request.Query["feature"].ToString();
        return feature.Length == 0 || UsageCheck.IsFeature(feature)
            ? feature
            : throw ProblemException.Invalid("feature", "INVALID_FEATURE", "A feature is 1 to 50 letters, digits and '_', beginning with a letter.");
    }

    // The key after which it goes on: a user, a feature or a day.
    private static string CursorOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("cursor", out var given))
            return "";
        var cursor = given.ToString();
        return cursor.Length is > 0 and <= LongestKey
            ? cursor
            : throw ProblemException.Invalid("cursor", "INVALID_CURSOR", "This cursor was not given by this report.");
    }

    private static Results<Ok<Report<T>>, ContentHttpResult> Answer<T>(HttpRequest request, ReportRange range, IReadOnlyList<T> rows, string? next = null)
    {
        var format = request.Query["format"].ToString();
        if (format is "" or "json")
            return TypedResults.Ok(new Report<T>(range.From, range.To, rows, next));
        if (format != "csv")
            throw ProblemException.Invalid("format", "INVALID_FORMAT", "format is json or csv.");
        if (next is not null)
            request.HttpContext.Response.Headers.Link = $"<{NextOf(request, next)}>; rel=\"next\"";
        return TypedResults.Text(Csv.Of(rows), "text/csv; charset=utf-8");
    }

    private static QueryString NextOf(HttpRequest request, string next) => QueryString.Create(
        request.Query.Where(member => member.Key != "cursor").Append(KeyValuePair.Create("cursor", new StringValues(next))));
}
