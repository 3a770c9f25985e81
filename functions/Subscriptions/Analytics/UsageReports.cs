using System.Data.Common;
using System.Globalization;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Analytics;

public sealed record UsageRow(string Key, long Events, long Quantity, long Errors, double ErrorRate, double? P95DurationMs);

/// <summary>Reports over <c>usage_analytics</c>.</summary>
public sealed class UsageReports(ClickHouseDatabase clickHouse)
{
    // What was consumed at the gate has no duration; how it went is reported by a row of its own, whose quantity is 0.
    private const string Figures = """
        toInt64(countIf(usage_count > 0)) as events, toInt64(sum(usage_count)) as quantity, toInt64(countIf(not success)) as errors,
        quantileIf(0.95)(request_duration_ms, request_duration_ms > 0) as p95
        """;

    private const string Where = """
        where tenant_id = {tenant:String} and timestamp >= toDateTime({from:UInt32}) and timestamp < toDateTime({to:UInt32})
            and ({feature:String} = '' or feature_name = {feature:String})
        """;

    /// <summary>By key, those after <paramref name="after"/>.</summary>
    /// <param name="group">feature, user or day.</param>
    public Task<IReadOnlyList<UsageRow>> ByAsync(
        TenantId tenant, string group, string feature, ReportRange range, string after, int limit, CancellationToken cancellationToken)
    {
        var key = group switch { "user" => "user_id", "day" => "toString(toDate(timestamp, 'UTC'))", _ => "feature_name" };
        return QueryAsync(
            $"select {key} as key, {Figures} from usage_analytics {Where} and key > {{after:String}} group by key order by key limit {limit}",
            tenant, feature, range, after, cancellationToken);
    }

    public Task<IReadOnlyList<UsageRow>> TopUsersAsync(
        TenantId tenant, string feature, ReportRange range, int limit, CancellationToken cancellationToken) => QueryAsync(
        $"select user_id as key, {Figures} from usage_analytics {Where} group by key order by quantity desc, key limit {limit}",
        tenant, feature, range, after: "", cancellationToken);

    private Task<IReadOnlyList<UsageRow>> QueryAsync(
        string sql, TenantId tenant, string feature, ReportRange range, string after, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, object>
        {
            ["tenant"] = tenant.Value,
            ["feature"] = feature,
            ["after"] = after,
            ["from"] = Midnight(range.From),
            ["to"] = Midnight(range.To.AddDays(1)),
        };
        return clickHouse.QueryAsync(sql, parameters, Row, cancellationToken);
    }

    private static uint Midnight(DateOnly day) => (uint)new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();

    // Failures that nobody counted as uses are more than there are uses.
    private static double ErrorRate(long events, long errors) => errors == 0 ? 0 : Math.Round((double)errors / Math.Max(events, errors), 6);

    private static UsageRow Row(DbDataReader reader)
    {
        var (events, errors) = (reader.GetInt64(1), reader.GetInt64(3));
        var p95 = Convert.ToDouble(reader.GetValue(4), CultureInfo.InvariantCulture);
        return new UsageRow(
            reader.GetString(0), events, reader.GetInt64(2), errors, ErrorRate(events, errors), double.IsFinite(p95) ? p95 : null);
    }
}
