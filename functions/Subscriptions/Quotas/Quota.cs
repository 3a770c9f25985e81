using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>How much of a feature may be used in the window around a moment.</summary>
public sealed record Quota(string Feature, string LimitName, long Limit, Period Window)
{
    public const long Unlimited = -1;
    private const string PerDay = "PerDay";
    private const string PerMonth = "PerMonth";

    public bool IsDaily => LimitName.EndsWith(PerDay, StringComparison.Ordinal);

    public bool IsUnlimited => Limit == Unlimited;

    public long? Remaining(long used) => IsUnlimited ? null : Math.Max(0, Limit - used);

    /// <summary>The feature's quota in the subscription's tier, or null when the feature is not metered there.</summary>
    public static Quota? Of(Entitled entitled, string feature, DateTimeOffset now)
    {
        var then = entitled.At(now);
        if (then.Limits.TryGetValue(feature + PerDay, out var perDay))
            return new Quota(feature, feature + PerDay, perDay, BusinessCalendar.DayOf(now));
        if (then.Limits.TryGetValue(feature + PerMonth, out var perMonth))
            return new Quota(feature, feature + PerMonth, perMonth, MonthOf(then, now));
        return null;
    }

    /// <summary>Every quota of the subscription's tier.</summary>
    public static IEnumerable<Quota> All(Entitled entitled, DateTimeOffset now) =>
        from name in entitled.At(now).Limits.Keys.Order(StringComparer.Ordinal)
        let quota = Of(entitled, FeatureOf(name), now)
        where quota is not null && quota.LimitName == name
        select quota;

    public static string FeatureOf(string limitName) => limitName.EndsWith(PerDay, StringComparison.Ordinal)
        ? limitName[..^PerDay.Length]
        : limitName[..^PerMonth.Length];

    // The billing period; a yearly one counts by months from its first day on.
    private static Period MonthOf(Entitled entitled, DateTimeOffset now)
    {
        var period = entitled.PeriodAt(now);
        if (entitled.Row.BillingCycle == BillingCycle.Monthly || now < period.Start)
            return period;
        // From 28 February on months go by the 29th where that is meant. A first period that ends with the calendar's month began on any day.
        var anchorDay = entitled.Row.AnchorDay;
        var beganOnIt = BusinessCalendar.AddMonths(period.Start, 0, anchorDay) == period.Start;
        var month = BusinessCalendar.PeriodAround(now, period.Start, Cadence.Monthly, beganOnIt ? anchorDay : null);
        return month.End <= period.End ? month : new Period(month.Start, period.End);
    }
}
