using System.Data.Common;
using System.Globalization;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>Of the range, save where it says otherwise; rates are null where there is nothing to divide by.</summary>
public sealed record SubscriptionSummary(
    DateOnly From, DateOnly To, long OpeningTotal, long ClosingTotal, long New, long Cancelled, decimal? ChurnRate, long Upgrades, long Downgrades,
    long Trials, long ConvertedTrials, decimal? TrialConversion, decimal RevenueUsd, decimal MrrUsd, decimal ArrUsd, decimal? LtvUsd);

/// <summary>Of those who began in a month: how many are still there some months later, and what they have brought in by then.</summary>
public sealed record CohortRow(DateOnly Cohort, int Month, long Started, long Remaining, decimal? Retention, decimal RevenueUsd, decimal? LtvUsd);

/// <summary>Reports over <c>subscription_metrics</c> and <c>subscription_cohorts</c>, which hold changes: always read as sums.</summary>
public sealed class SubscriptionReports(ClickHouseDatabase clickHouse)
{
    private sealed record CohortSums(DateOnly Cohort, DateOnly Month, long Started, long Ended, decimal Revenue);

    public async Task<IReadOnlyList<SubscriptionDayRow>> ByDayAsync(
        TenantId tenant, ReportRange range, DateOnly today, CancellationToken cancellationToken) =>
        SubscriptionDays.Follow(await SumsAsync(tenant, range.To, cancellationToken), range, today);

    public async Task<SubscriptionSummary> SummaryAsync(TenantId tenant, ReportRange range, CancellationToken cancellationToken)
    {
        var all = await SumsAsync(tenant, range.To, cancellationToken);
        var before = all.Where(sums => sums.Date < range.From).ToList();
        var within = all.Where(sums => sums.Date >= range.From).ToList();
        var opening = before.Sum(sums => sums.Total);
        var (cancelled, trials, converted) = (within.Sum(sums => sums.Cancelled), within.Sum(sums => sums.Trials), within.Sum(sums => sums.Converted));
        var mrr = all.Sum(sums => sums.Mrr);
        return new SubscriptionSummary(
            range.From, range.To, opening, all.Sum(sums => sums.Total), within.Sum(sums => sums.New), cancelled, Rate(cancelled, opening),
            within.Sum(sums => sums.Upgrades), within.Sum(sums => sums.Downgrades), trials, converted, Rate(converted, trials),
            within.Sum(sums => sums.Revenue), mrr, mrr * 12, Rate(all.Sum(sums => sums.Revenue), all.Sum(sums => sums.New), decimals: 2));
    }

    public async Task<IReadOnlyList<CohortRow>> CohortsAsync(TenantId tenant, ReportRange range, CancellationToken cancellationToken)
    {
        const string sql = """
            select cohort, toStartOfMonth(date) as month, toInt64(sum(started)), toInt64(sum(ended)), sum(revenue_usd)
            from subscription_cohorts
            where tenant_id = {tenant:String} and cohort between toDate({from:String}) and toDate({to:String}) and date <= toDate({to:String})
            group by cohort, month
            order by cohort, month
            """;
        var parameters = new Dictionary<string, object>
        {
            ["tenant"] = tenant.Value,
            ["from"] = Text(new DateOnly(range.From.Year, range.From.Month, 1)),
            ["to"] = Text(range.To),
        };
        var sums = await clickHouse.QueryAsync(
            sql, parameters,
            reader => new CohortSums(Day(reader, 0), Day(reader, 1), reader.GetInt64(2), reader.GetInt64(3), Amount(reader, 4)), cancellationToken);
        return [.. sums.GroupBy(row => row.Cohort).SelectMany(cohort => Follow(cohort.Key, [.. cohort], range.To))];
    }

    // Month by month, also those in which nothing happened.
    private static IEnumerable<CohortRow> Follow(DateOnly cohort, IReadOnlyList<CohortSums> months, DateOnly to)
    {
        for (var month = 0; cohort.AddMonths(month) <= to; month++)
        {
            var soFar = months.Where(row => row.Month <= cohort.AddMonths(month)).ToList();
            var started = soFar.Sum(row => row.Started);
            var remaining = started - soFar.Sum(row => row.Ended);
            var revenue = soFar.Sum(row => row.Revenue);
            yield return new CohortRow(cohort, month, started, remaining, Rate(remaining, started), revenue, Rate(revenue, started, decimals: 2));
        }
    }

    private Task<IReadOnlyList<DaySums>> SumsAsync(TenantId tenant, DateOnly to, CancellationToken cancellationToken)
    {
        const string sql = """
            select date, tier_name, toInt64(sum(total_subscriptions)), toInt64(sum(new_subscriptions)), toInt64(sum(cancelled_subscriptions)),
                toInt64(sum(upgrades)), toInt64(sum(downgrades)), toInt64(sum(trials)), toInt64(sum(converted_trials)), sum(mrr_usd), sum(revenue_usd)
            from subscription_metrics
            where tenant_id = {tenant:String} and date <= toDate({to:String})
            group by date, tier_name
            """;
        var parameters = new Dictionary<string, object> { ["tenant"] = tenant.Value, ["to"] = Text(to) };
        return clickHouse.QueryAsync(
            sql, parameters,
            reader => new DaySums(
                Day(reader, 0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
                reader.GetInt64(7), reader.GetInt64(8), Amount(reader, 9), Amount(reader, 10)),
            cancellationToken);
    }

    private static decimal? Rate(decimal part, decimal whole, int decimals = 4) =>
        whole == 0 ? null : decimal.Round(part / whole, decimals, MidpointRounding.AwayFromZero);

    private static DateOnly Day(DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        DateOnly day => day,
        var value => DateOnly.FromDateTime((DateTime)value),
    };

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static decimal Amount(DbDataReader reader, int column) => Convert.ToDecimal(reader.GetValue(column), CultureInfo.InvariantCulture);
}
