using System.Diagnostics;
using System.Globalization;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// From the API through outbox, relay, queue, claim and Telegram's answer to the row that says so, all on this machine.
internal static class NotificationsScenario
{
    private const int Chats = 20_000;
    private const int Rounds = 5;
    private const int WarmUp = 5_000;
    private const int Callers = 32;
    private const int SteadyRate = 200;
    private const int SteadySeconds = 10;
    private const int BudgetSeconds = 30;
    private const int Budget = 25;
    private const int Backlog = 10_000;
    private const int Criticals = 60;
    private static readonly string[] Bots = ["default", "premium", "enterprise"];

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await using var simulators = await stack.StartSimulatorsAsync(cancellationToken);
        // To the end: each start of Notifications asks it for the keys of tokens.
        await using var users = await stack.StartAppAsync(FunctionApp.Users, HttpScenario.AsDeployed, cancellationToken);
        var admin = await stack.SignInAsync("admin@example.com", "Demo-admin-2026", cancellationToken);
        using var chats = new BenchChats(stack, admin);
        await chats.CreateAsync(1_000_000, Chats, "default", cancellationToken);

        await using (var app = await StartAsync(stack, 100_000, cancellationToken))
        {
            await ThroughputAsync(stack, app, chats, cancellationToken);
            await SteadyAsync(stack, chats, cancellationToken);
        }

        await using (await StartAsync(stack, Budget, cancellationToken))
        {
            await BudgetsAsync(chats, cancellationToken);
            await BacklogAsync(stack, chats, cancellationToken);
        }
    }

    private static Task<ServiceProcess> StartAsync(BenchStack stack, int perSecond, CancellationToken cancellationToken)
    {
        var settings = HttpScenario.AsDeployed;
        settings["TELEGRAM_MESSAGES_PER_SECOND"] = perSecond.ToString(CultureInfo.InvariantCulture);
        return stack.StartAppAsync(FunctionApp.Notifications, settings, cancellationToken);
    }

    private static async Task ThroughputAsync(BenchStack stack, ServiceProcess app, BenchChats chats, CancellationToken cancellationToken)
    {
        await chats.SetLimitsAsync(real: false, cancellationToken);
        await chats.SendBareAsync(Callers, WarmUp, 1_000_000, cancellationToken);
        var bare = await chats.SendBareAsync(Callers, Chats, 1_000_000, cancellationToken);
        await chats.SetLimitsAsync(real: false, cancellationToken);
        await chats.SendAsync(Range(1_000_000, WarmUp), "medium", "Warm-up", cancellationToken);
        await chats.WaitForSentAsync(WarmUp, cancellationToken);
        // As autovacuum does within the first minute of a new database; until then its plans are those for empty tables.
        await stack.ExecuteAsync("analyze notification_management.notification_history, notification_management.notification_attempts", cancellationToken);
        var rates = new List<double>();
        var memory = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await chats.SetLimitsAsync(real: false, cancellationToken);
            var since = Stopwatch.GetTimestamp();
            await chats.SendAsync(Range(1_000_000, Chats), "medium", $"Round {round}", cancellationToken);
            await chats.WaitForSentAsync(Chats, cancellationToken);
            rates.Add(Chats / Stopwatch.GetElapsedTime(since).TotalSeconds);
            using var process = Process.GetProcessById(app.ProcessId);
            memory.Add($"{process.WorkingSet64 / 1024 / 1024} MB");
        }

        var ours = rates.Order().ElementAt(Rounds / 2);
        new ResultTable($"{Rounds} x {Chats:#,0} messages, no limits", "ours", "limit (Telegram.Bot alone)", "ratio", "aim")
            .Row("messages/s, middle round", ResultTable.Count(ours), ResultTable.Count(bare), ResultTable.Ratio(ours / bare), ">= 0.40")
            .Print();
        Console.WriteLine($"\nResident memory after each round: {string.Join(", ", memory)}.\n");
    }

    private static async Task SteadyAsync(BenchStack stack, BenchChats chats, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1d / SteadyRate));
        var sending = new List<Task>();
        for (var number = 0; number < SteadyRate * SteadySeconds && await pace.WaitForNextTickAsync(cancellationToken); number++)
            sending.Add(chats.SendAsync([1_000_000 + number], "high", "Steady", cancellationToken));
        await Task.WhenAll(sending);
        await WaitAsync(stack, "Steady", sending.Count, cancellationToken);
        new ResultTable($"fact to sent at {SteadyRate}/s", "ours", "aim")
            .Row("p50", ResultTable.Milliseconds(await DelayAsync(stack, "Steady", 0.5, cancellationToken)))
            .Row("p95", ResultTable.Milliseconds(await DelayAsync(stack, "Steady", 0.95, cancellationToken)), "< 300 ms")
            .Print();
        Console.WriteLine();
    }

    private static async Task BudgetsAsync(BenchChats chats, CancellationToken cancellationToken)
    {
        var first = 2_000_000L;
        var numbers = new List<IEnumerable<long>>();
        foreach (var bot in Bots)
        {
            await chats.CreateAsync(first, 1_500, bot, cancellationToken);
            numbers.Add(Range(first, 1_500));
            first += 10_000;
        }

        await chats.SetLimitsAsync(real: true, cancellationToken);
        // One after the other, so that each thousand has all three.
        await chats.SendAsync(numbers[0].Zip(numbers[1], numbers[2]).SelectMany(three => new[] { three.First, three.Second, three.Third }), "low", "Budget", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var before = await chats.CountsAsync(cancellationToken);
        var since = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(BudgetSeconds), cancellationToken);
        var after = await chats.CountsAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        var table = new ResultTable("Telegram's own limits", "ours", $"limit (budget {Budget}/s)", "ratio", "aim", "answered 429");
        foreach (var bot in Bots)
        {
            var rate = (after[bot].Sent - before[bot].Sent) / seconds;
            table.Row($"{bot} bot, messages/s", ResultTable.Ratio(rate), ResultTable.Ratio(Budget), ResultTable.Ratio(rate / Budget), ">= 0.95", $"{after[bot].Throttled}");
        }

        table.Print();
        Console.WriteLine();
        await chats.WaitForSentAsync(4_500, cancellationToken);
    }

    private static async Task BacklogAsync(BenchStack stack, BenchChats chats, CancellationToken cancellationToken)
    {
        await chats.SetLimitsAsync(real: true, cancellationToken);
        await chats.SendAsync(Range(1_000_000, Backlog), "low", "Backlog", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        for (var number = 0; number < Criticals; number++)
        {
            await chats.SendAsync([1_015_000 + number], "critical", "Critical", cancellationToken);
            await Task.Delay(250, cancellationToken);
        }

        await WaitAsync(stack, "Critical", Criticals, cancellationToken);
        var waiting = Backlog - await stack.ReadAsync<long>(
            "select count(*) from notification_management.notification_history where variables->'headline'->>'Text' = 'Backlog' and status = 'sent'", cancellationToken);
        new ResultTable($"critical behind {Backlog:#,0} low ones of the same bot", "ours", "aim")
            .Row("p50", ResultTable.Milliseconds(await DelayAsync(stack, "Critical", 0.5, cancellationToken)))
            .Row("p95", ResultTable.Milliseconds(await DelayAsync(stack, "Critical", 0.95, cancellationToken)), "< 1,000 ms")
            .Row("low ones still waiting at the end", ResultTable.Count(waiting))
            .Row("answered 429", $"{(await chats.CountsAsync(cancellationToken))["default"].Throttled}", "0")
            .Print();
    }

    private static async Task WaitAsync(BenchStack stack, string headline, int count, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (await stack.ReadAsync<long>(
            $"select count(*) from notification_management.notification_history where variables->'headline'->>'Text' = '{headline}' and status = 'sent'",
            cancellationToken) < count)
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(1))
                throw new LoadException($"Not all of the messages '{headline}' were sent within a minute.");
            await Task.Delay(100, cancellationToken);
        }
    }

    private static Task<double> DelayAsync(BenchStack stack, string headline, double part, CancellationToken cancellationToken) => stack.ReadAsync<double>(
        string.Create(CultureInfo.InvariantCulture, $"""
            select extract(epoch from percentile_cont({part}) within group (order by sent_at - created_at))::double precision * 1000
            from notification_management.notification_history where variables->'headline'->>'Text' = '{headline}'
            """),
        cancellationToken);

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(number => first + number);
}
