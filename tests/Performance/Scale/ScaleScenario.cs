using System.Globalization;

namespace ServerlessBusiness.Tests.Performance.Scale;

/// <summary>Queue delays, instances and costs at 1, 100 and 10,000 times the load, computed: it needs no engine and takes a second.</summary>
internal static class ScaleScenario
{
    private const int Hour = 3_600;
    private const double Gigabytes = 2;
    private const int Bots = 3;
    private const int PerBot = 25;

    public static void Run(TextWriter output)
    {
        output.WriteLine("Computed by simulation, not measured: the scaler of the platform looks every 10 s, adds 4 instances at most, which take 5 s to start.\n");
        Queues(output);
        Requests(output);
        Messages(output);
    }

    private static void Queues(TextWriter output)
    {
        output.WriteLine($"{"an hour of",-44} {"arrived",12} {"done",12} {"p50 s",9} {"p95 s",9} {"max s",9} {"peak inst.",11}");
        foreach (var (times, name) in new[] { (1, "1x"), (100, "100x"), (10_000, "10,000x") })
        {
            // Five events a second of a hundred tenants; an hour that begins with what ten minutes bring elsewhere.
            Row(output, $"business events, {name}", new QueueLoad(second => 5.0 * times * (second < 60 ? 10 : 1), 0.02, 32), new ScaleRules(0, 1_000));
            // A trading alert to every user of every tenant at once, then nothing. Telegram's budget is the ceiling, however many instances.
            Row(output, $"alert to all chats, {Bots} bots, {name}", new QueueLoad(second => second == 0 ? 5_000.0 * times : 0, 0.3, 128, Bots * PerBot), new ScaleRules(1, 40));
            Row(output, $"the same, a bot per 100 tenants, {name}", new QueueLoad(second => second == 0 ? 5_000.0 * times : 0, 0.3, 128, (double)Bots * PerBot * times), new ScaleRules(1, 1_000));
            // A page is 1,000 subscriptions in one function; the database takes so many pages at a time as it has processors to spare.
            Row(output, $"monthly run, {1_000 * times:N0} subscriptions, {name}", new QueueLoad(second => second == 0 ? times : 0, 2, 4, 8), new ScaleRules(0, 40));
        }

        output.WriteLine();
    }

    private static void Requests(TextWriter output)
    {
        output.WriteLine($"{"HTTP",-34} {"req/s 1x",9} {"inst. 1x",9} {"100x",8} {"10,000x",9} {"$ per million",14}");
        foreach (var (name, rates, seconds, concurrency) in new (string, double[], double, int)[]
        {
            // A thousand, fifty thousand and a million events a second.
            ("usage events, 500 in a request", [2, 100, 2_000], 0.040, 32),
            ("quota consumed, one in a request", Times(50), 0.012, 32),
            ("reads of an API", Times(100), 0.010, 16),
            ("sign-ins (a password hashed)", Times(1), 0.280, 4),
            ("charges (Midtrans waited for)", Times(1), 0.600, 16),
            ("webhooks", Times(2), 0.150, 16),
        })
        {
            // Busy to seven tenths: the rest is for the seconds that are not average.
            var instances = rates.Select(rate => Math.Ceiling(rate * seconds / concurrency / 0.7)).ToArray();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-34} {rates[0],9:0.#} {instances[0],9:N0} {instances[1],8:N0} {instances[2],9:N0} {Prices.MillionExecutions(seconds, concurrency, Gigabytes),14:0.00}"));
        }

        output.WriteLine();

        static double[] Times(double perSecond) => [perSecond, perSecond * 100, perSecond * 10_000];
    }

    private static void Messages(TextWriter output)
    {
        output.WriteLine($"{"Service Bus, a month",-34} {"million ops",12} {"Standard $",11} {"Premium $",10}");
        foreach (var times in new[] { 1, 100, 10_000 })
        {
            // A message is sent, delivered to two subscribers and settled by them; relays send in batches of twenty.
            var operations = 5.0 * times * 30 * 24 * Hour * (0.05 + 2 + 2) / 1_000_000;
            var units = Math.Max(1, Math.Ceiling(5.0 * times / 1_000));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{$"{times:N0}x",-34} {operations,12:N0} {Prices.ServiceBusStandardMonth + Prices.ServiceBusStandardOperations(operations),11:N0} {units * Prices.ServiceBusPremiumUnitMonth,10:N0}"));
        }
    }

    private static void Row(TextWriter output, string name, QueueLoad load, ScaleRules rules)
    {
        var outcome = QueueSimulation.Run(load, rules, Hour);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-44} {outcome.Arrived,12:N0} {outcome.Done,12:N0} {outcome.P50Seconds,9:0.0} {outcome.P95Seconds,9:0.0} {outcome.MaxSeconds,9:0.0} {outcome.PeakInstances,11:N0}"));
    }
}
