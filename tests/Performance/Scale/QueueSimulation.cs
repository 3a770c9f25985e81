namespace ServerlessBusiness.Tests.Performance.Scale;

/// <summary>What comes into a queue and how it is worked off.</summary>
/// <param name="Arrivals">Messages that arrive in a second, by the second.</param>
/// <param name="HandlingSeconds">Time that one message takes.</param>
/// <param name="Concurrency">Messages of an instance at a time (maxConcurrentCalls), which is also what the scaler divides by.</param>
/// <param name="CeilingPerSecond">What something behind the handlers lets through, all instances together; null for no such thing.</param>
internal sealed record QueueLoad(Func<int, double> Arrivals, double HandlingSeconds, int Concurrency, double? CeilingPerSecond = null);

/// <summary>How the platform scales a function by its queue: so many instances as the backlog fills, some more at each look, and slowly down.</summary>
internal sealed record ScaleRules(int AlwaysReady, int Maximum, int SecondsBetweenLooks = 10, int MostPerLook = 4, int SecondsToStart = 5, int SecondsIdleBeforeLess = 60);

internal sealed record QueueOutcome(double Arrived, double Done, double Waiting, double PeakBacklog, double P50Seconds, double P95Seconds, double MaxSeconds, int PeakInstances, double InstanceSeconds);

/// <summary>Messages flow like water, second by second, first in, first out; a delay is from a message's arrival to the second it is done in.</summary>
internal static class QueueSimulation
{
    public static QueueOutcome Run(QueueLoad load, ScaleRules rules, int seconds)
    {
        var backlog = new LinkedList<(int Second, double Messages)>();
        var delays = new List<(double Delay, double Messages)>();
        var starting = new List<int>();
        double waiting = 0, arrived = 0, done = 0, peak = 0, instanceSeconds = 0;
        int instances = rules.AlwaysReady, peakInstances = rules.AlwaysReady, lastBusy = 0;

        for (var second = 0; second < seconds; second++)
        {
            var coming = load.Arrivals(second);
            if (coming > 0)
                backlog.AddLast((second, coming));
            (arrived, waiting) = (arrived + coming, waiting + coming);
            instances += starting.RemoveAll(ready => ready <= second);

            if (second % rules.SecondsBetweenLooks == 0)
            {
                var wanted = Math.Clamp((int)Math.Ceiling(waiting / load.Concurrency), rules.AlwaysReady, rules.Maximum);
                var more = Math.Min(rules.MostPerLook, wanted - instances - starting.Count);
                for (var index = 0; index < more; index++)
                    starting.Add(second + rules.SecondsToStart);
                if (wanted >= instances)
                    lastBusy = second;
                else if (second - lastBusy >= rules.SecondsIdleBeforeLess)
                    instances = Math.Max(wanted, instances - 1);
            }

            var able = Math.Min(instances * load.Concurrency / load.HandlingSeconds, load.CeilingPerSecond ?? double.MaxValue);
            var worked = Math.Min(able, waiting);
            (done, waiting, peak) = (done + worked, waiting - worked, Math.Max(peak, waiting));
            while (worked > 0 && backlog.First is { Value: var oldest })
            {
                var part = Math.Min(worked, oldest.Messages);
                delays.Add((second - oldest.Second + load.HandlingSeconds, part));
                worked -= part;
                backlog.RemoveFirst();
                if (oldest.Messages - part > 1e-9)
                    backlog.AddFirst((oldest.Second, oldest.Messages - part));
            }

            instanceSeconds += instances;
            peakInstances = Math.Max(peakInstances, instances);
        }

        return new QueueOutcome(
            arrived, done, waiting, peak, Percentile(delays, 0.50), Percentile(delays, 0.95), delays.Count == 0 ? 0 : delays.Max(delay => delay.Delay), peakInstances, instanceSeconds);
    }

    private static double Percentile(List<(double Delay, double Messages)> delays, double share)
    {
        var all = delays.Sum(delay => delay.Messages);
        double seen = 0;
        foreach (var (delay, messages) in delays.OrderBy(delay => delay.Delay))
        {
            seen += messages;
            if (seen >= all * share)
                return delay;
        }

        return 0;
    }
}
