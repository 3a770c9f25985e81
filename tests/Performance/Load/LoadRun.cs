using System.Diagnostics;

namespace ServerlessBusiness.Tests.Performance.Load;

// What came of one run or of several put together: times in stopwatch ticks, sorted, and the processor time of the server meanwhile.
internal sealed record LoadRun(long[] Sorted, TimeSpan Elapsed, TimeSpan Cpu)
{
    public double PerSecond => Sorted.Length / Elapsed.TotalSeconds;

    public double CpuMicroseconds => Cpu.TotalMicroseconds / Sorted.Length;

    /// <summary>In milliseconds; 0.95 for the 95th percentile.</summary>
    public double Percentile(double share) => MillisecondsAt(Sorted, share);

    public static LoadRun Merge(IReadOnlyList<LoadRun> runs) => new(
        [.. runs.SelectMany(run => run.Sorted).Order()],
        TimeSpan.FromTicks(runs.Sum(run => run.Elapsed.Ticks)),
        TimeSpan.FromTicks(runs.Sum(run => run.Cpu.Ticks)));

    public static double MillisecondsAt(long[] sorted, double share) =>
        sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(sorted.Length * share))] * 1000.0 / Stopwatch.Frequency;
}
