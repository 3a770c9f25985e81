using System.Net;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Notices are verified, stored and, as far as there are hands, confirmed by a status call to the simulator, all on this machine.
internal static class PaymentsScenario
{
    private const int Callers = 16;
    private const int Rounds = 2;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ShortWarming = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongWarming = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var settings = HttpScenario.AsDeployed;
        // Once open the breaker stays so for as long as it is measured.
        settings["MIDTRANS_BREAKER_SECONDS"] = "300";
        await stack.ExecuteAsync(PlainNotices.Schema, cancellationToken);
        await stack.ExecuteAsync(BenchPayments.Schema, cancellationToken);
        await using var simulators = await stack.StartSimulatorsAsync(cancellationToken);
        await using var payments = await stack.StartAppAsync(FunctionApp.Payments, settings, cancellationToken);
        await using var bare = await stack.StartSelfAsync(BareServer.Role, new Dictionary<string, string?>(), cancellationToken);
        var bench = new BenchPayments(stack.Endpoints);

        using var inserts = new LoadTarget("insert", BareServer.NoticeOf(bare), bare.ProcessId) { LongestWarming = ShortWarming };

        // Before the notices: confirming those goes on long after the last was taken.
        using var charges = Target("charge", payments.ProcessId, (client, token) => bench.ChargeAsync(client, HttpStatusCode.Created, token), LongWarming);
        using var there = Target("provider", simulators.ProcessId, bench.ChargeThereAsync);
        foreach (var callers in new[] { 1, 4 })
        {
            var runs = await LoadTarget.CompareAsync([charges, there, inserts], callers, Rounds, Each, cancellationToken);
            PrintCharges(callers, runs[0], runs[1], runs[2]);
        }

        using var notices = Target("notice", payments.ProcessId, bench.NotifyAsync);
        Print("webhooks, one in five a duplicate", "a bare insert", ">= 1,000/s, p95 < 50 ms",
            await LoadTarget.CompareAsync([notices, inserts], Callers, Rounds, Each, cancellationToken));

        await simulators.DisposeAsync();
        await OpenBreakerAsync(bench, cancellationToken);
        using var refusals = Target(
            "refusal", payments.ProcessId, (client, token) => bench.ChargeAsync(client, HttpStatusCode.ServiceUnavailable, token));
        Print("charges refused while the breaker is open", "a bare insert", "p95 < 50 ms",
            await LoadTarget.CompareAsync([refusals, inserts], 4, Rounds, Each, cancellationToken));
    }

    private static LoadTarget Target(
        string name, int process, Func<HttpMessageInvoker, CancellationToken, Task> ask, TimeSpan? warming = null) =>
        new(name, process, (client, _, token) => ask(client, token)) { LongestWarming = warming ?? ShortWarming };

    // Nobody listens any more: each call fails at once, and ten of them open it.
    private static async Task OpenBreakerAsync(BenchPayments bench, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        for (var call = 0; call < 12; call++)
            await bench.ChargeAsync(client, HttpStatusCode.ServiceUnavailable, cancellationToken);
    }

    private static void Print(string what, string limit, string aim, IReadOnlyList<LoadRun> runs)
    {
        var (ours, bare) = (runs[0], runs[1]);
        var table = new ResultTable(what, "ours", $"limit ({limit})", "ratio", "aim")
            .Row("requests/s", ResultTable.Count(ours.PerSecond), ResultTable.Count(bare.PerSecond), ResultTable.Ratio(ours.PerSecond / bare.PerSecond), aim);
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
            table.Row(name, ResultTable.Milliseconds(ours.Percentile(share)), ResultTable.Milliseconds(bare.Percentile(share)),
                ResultTable.Ratio(bare.Percentile(share) / ours.Percentile(share)));
        table.Row("server CPU per request", $"{ours.CpuMicroseconds:0} us", $"{bare.CpuMicroseconds:0} us").Print();
        Console.WriteLine();
    }

    private static void PrintCharges(int callers, LoadRun ours, LoadRun provider, LoadRun insert)
    {
        var table = new ResultTable($"charges, {callers} connection(s)", "ours", "the provider alone", "a bare insert", "added", "aim");
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95) })
            table.Row(name, ResultTable.Milliseconds(ours.Percentile(share)), ResultTable.Milliseconds(provider.Percentile(share)),
                ResultTable.Milliseconds(insert.Percentile(share)), ResultTable.Milliseconds(ours.Percentile(share) - provider.Percentile(share)),
                share == 0.95 ? "p95 added < 15 ms" : "");
        table.Print();
        Console.WriteLine();
    }
}
