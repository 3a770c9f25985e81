namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>At how many percent of a quota its user is told.</summary>
public static class Threshold
{
    private static readonly int[] Percentages = [80, 90, 100];

    /// <summary>The highest one that was reached, as SQL of what is used of a quota; the same that <see cref="Passed"/> counts.</summary>
    internal static string ReachedSql(string used, string quota) => $"""
        case when {quota} < 0 or {used} <= 0 then 0 when {used} >= {quota} then 100
            when {used} * 10 >= {quota} * 9 then 90 when {used} * 10 >= {quota} * 8 then 80 else 0 end
        """;

    /// <summary>What a counter <c>c</c> has reached and told, as assignments of an update. Another quota than before is told of anew: what is reached of
    /// it and was not told before.</summary>
    internal static string PassedSql(string quota, string used) => $"""
        published = case when c.quota = {quota} then c.published else least(c.published, {ReachedSql("c.used", quota)}) end,
        reached = greatest(case when c.quota = {quota} then c.reached else 0 end, {ReachedSql(used, quota)})
        """;

    /// <summary>Those that lie above what was told and up to what was reached.</summary>
    public static IReadOnlyList<int> Passed(int told, int reached) => [.. Percentages.Where(percentage => percentage > told && percentage <= reached)];
}
