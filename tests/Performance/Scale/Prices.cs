namespace ServerlessBusiness.Tests.Performance.Scale;

/// <summary>List prices in US dollars, pay as you go, East US, before free grants and reservations. infra/SCALE.md says where they are from.</summary>
internal static class Prices
{
    public const double FlexGigabyteSecond = 0.000026;
    public const double FlexMillionExecutions = 0.40;

    public const double ServiceBusStandardMonth = 9.81;
    public const double ServiceBusPremiumUnitMonth = 677;

    /// <summary>Of Standard, beyond the 13 million that a month includes.</summary>
    public static double ServiceBusStandardOperations(double millions)
    {
        (double UpTo, double Price)[] steps = [(13, 0), (100, 0.80), (2_500, 0.50), (double.MaxValue, 0.20)];
        double cost = 0, from = 0;
        foreach (var (upTo, price) in steps)
        {
            cost += Math.Max(0, Math.Min(millions, upTo) - from) * price;
            from = upTo;
        }

        return cost;
    }

    /// <summary>A million executions of so many seconds, so many of them at a time on an instance of so many gigabytes.</summary>
    public static double MillionExecutions(double seconds, int concurrency, double gigabytes) =>
        FlexMillionExecutions + 1_000_000 * seconds / concurrency * gigabytes * FlexGigabyteSecond;
}
