namespace ServerlessBusiness.Subscriptions.Analytics;

public sealed record SubscriptionDayRow(
    DateOnly Date, string Tier, long New, long Cancelled, long Total, long Upgrades, long Downgrades, decimal RevenueUsd, decimal MrrUsd);

/// <summary>What changed on a day in the figures of a tier.</summary>
public sealed record DaySums(
    DateOnly Date, string Tier, long Total, long New, long Cancelled, long Upgrades, long Downgrades, long Trials, long Converted, decimal Mrr,
    decimal Revenue);

/// <summary>Makes the figures of each day from their changes.</summary>
public static class SubscriptionDays
{
    /// <summary>A row for each day and tier on which somebody has it or something changes; totals and MRR go on over days without a change, up to today.</summary>
    public static IReadOnlyList<SubscriptionDayRow> Follow(IReadOnlyList<DaySums> changes, ReportRange range, DateOnly today)
    {
        var rows = new List<SubscriptionDayRow>();
        foreach (var tier in changes.GroupBy(sums => sums.Tier))
        {
            var before = tier.Where(sums => sums.Date < range.From).ToList();
            var within = tier.Where(sums => sums.Date >= range.From && sums.Date <= range.To).ToDictionary(sums => sums.Date);
            var (total, mrr) = (before.Sum(sums => sums.Total), before.Sum(sums => sums.Mrr));
            for (var date = range.From; date <= range.To; date = date.AddDays(1))
            {
                // Changes that cancel each other out are no row in a table that adds them up, sooner or later, so they are none here.
                var nothing = new DaySums(date, tier.Key, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                var day = within.GetValueOrDefault(date, nothing);
                (total, mrr) = (total + day.Total, mrr + day.Mrr);
                if (day != nothing || (date <= today && (total, mrr) != (0, 0)))
                    rows.Add(new SubscriptionDayRow(date, day.Tier, day.New, day.Cancelled, total, day.Upgrades, day.Downgrades, day.Revenue, mrr));
            }
        }

        return [.. rows.OrderBy(row => row.Date).ThenBy(row => row.Tier, StringComparer.Ordinal)];
    }
}
