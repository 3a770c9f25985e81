using System.Globalization;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Runtime.Timers;

// How often and how soon a failed run is tried again.
internal sealed class TimerRetry(int max, Func<int, TimeSpan> delay)
{
    // -1 for ever.
    public int Max { get; } = max;

    public static TimerRetry Of(MethodInfo method) => method.GetCustomAttribute<RetryAttribute>() switch
    {
        FixedDelayRetryAttribute fixedDelay => new TimerRetry(fixedDelay.MaxRetryCount, _ => Time(fixedDelay.DelayInterval)),
        ExponentialBackoffRetryAttribute growing => new TimerRetry(
            growing.MaxRetryCount, attempt => Grow(Time(growing.MinimumInterval), Time(growing.MaximumInterval), attempt)),
        _ => new TimerRetry(0, _ => TimeSpan.Zero),
    };

    public bool Allows(int attempt) => Max == -1 || attempt <= Max;

    public TimeSpan DelayBefore(int attempt) => delay(attempt);

    private static TimeSpan Grow(TimeSpan least, TimeSpan most, int attempt) =>
        TimeSpan.FromTicks((long)Math.Min(most.Ticks, least.Ticks * Math.Pow(2, attempt - 1)));

    private static TimeSpan Time(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
