using System.Diagnostics;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// From the start of the process to the first 200 of /health/ready, one app after the other, and the memory it holds then and after some
// work. The limit is the bare server, which opens nothing before its first request.
internal static class StartScenario
{
    private const int Rounds = 3;
    private const int Requests = 200;

    private static readonly Dictionary<FunctionApp, string> Reads = new()
    {
        [FunctionApp.Users] = "/v1/me",
        [FunctionApp.Subscriptions] = "/v1/subscriptions",
        [FunctionApp.Payments] = "/v1/payments",
        [FunctionApp.Notifications] = "/v1/notifications",
        [FunctionApp.Billing] = "/v1/invoices",
    };

    private sealed record Start(double Seconds, long ReadyBytes, long WorkedBytes);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var starts = FunctionApp.All.ToDictionary(app => app, _ => new List<Start>());
        var bare = new List<Start>();
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await StartBareAsync(stack, cancellationToken));
            await StartAppsAsync(stack, starts, cancellationToken);
        }

        var limit = Median(bare, start => start.Seconds);
        var table = new ResultTable($"median of {Rounds}", "ready in", "ratio to bare", "memory when ready", $"after {Requests} requests", "aim");
        foreach (var (app, results) in starts)
            Add(app.Name, results, "< 3 s, < 512 MB");
        Add("bare server", bare, "");
        table.Print();

        void Add(string name, List<Start> results, string aim) => table.Row(
            name, $"{Median(results, start => start.Seconds):0.00} s", ResultTable.Ratio(limit / Median(results, start => start.Seconds)),
            Megabytes(Median(results, start => start.ReadyBytes)), Megabytes(Median(results, start => start.WorkedBytes)), aim);
    }

    // Those that are ready stay, as the others ask Users for its keys.
    private static async Task StartAppsAsync(
        BenchStack stack, Dictionary<FunctionApp, List<Start>> starts, CancellationToken cancellationToken)
    {
        var running = new List<ServiceProcess>();
        var token = "";
        try
        {
            foreach (var app in FunctionApp.All)
            {
                var watch = Stopwatch.StartNew();
                var process = await stack.StartAppAsync(app, new Dictionary<string, string?>(), cancellationToken);
                var seconds = watch.Elapsed.TotalSeconds;
                running.Add(process);
                var ready = MemoryOf(process.ProcessId);
                if (app == FunctionApp.Users)
                    token = await stack.SignInAsync(cancellationToken);
                await WorkAsync(new Uri(process.BaseAddress, Reads[app]), HttpScenario.Signed(token), cancellationToken);
                starts[app].Add(new Start(seconds, ready, MemoryOf(process.ProcessId)));
            }
        }
        finally
        {
            await Task.WhenAll(running.Select(process => process.DisposeAsync().AsTask()));
        }
    }

    private static async Task<Start> StartBareAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var server = await stack.StartSelfAsync(BareServer.Role, new Dictionary<string, string?>(), cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        var ready = MemoryOf(server.ProcessId);
        await WorkAsync(BareServer.ReadOf(server), [], cancellationToken);
        return new Start(seconds, ready, MemoryOf(server.ProcessId));
    }

    private static async Task WorkAsync(Uri address, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.Add(name, value);
        for (var request = 0; request < Requests; request++)
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new LoadException($"{address} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private static long MemoryOf(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    private static double Median(List<Start> starts, Func<Start, double> figure) => starts.Select(figure).Order().ElementAt(starts.Count / 2);

    private static string Megabytes(double bytes) => $"{bytes / (1 << 20):0} MB";
}
