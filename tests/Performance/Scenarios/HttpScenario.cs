using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// GET /v1/me: one row of the signed-in user, through everything a request passes.
internal static class HttpScenario
{
    private const int Callers = 64;
    private const int Rounds = 3;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    /// <summary>The stack saves the profiling because its apps live for minutes; a server does not.</summary>
    public static Dictionary<string, string?> AsDeployed => new() { ["DOTNET_TieredPGO"] = null, ["DOTNET_EnableWriteXorExecute"] = null };

    public static KeyValuePair<string, string>[] Signed(string accessToken) =>
        [new("X-Tenant-ID", ProbeUser.Tenant), new("Authorization", $"Bearer {accessToken}")];

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await using var users = await stack.StartAppAsync(FunctionApp.Users, AsDeployed, cancellationToken);
        await using var bare = await stack.StartSelfAsync(BareServer.Role, new Dictionary<string, string?>(), cancellationToken);
        var token = await stack.SignInAsync(cancellationToken);

        using var ours = new LoadTarget("ours", new Uri(users.BaseAddress, "/v1/me"), users.ProcessId, Signed(token));
        using var limit = new LoadTarget("bare", BareServer.ReadOf(bare), bare.ProcessId);
        await CompareAsync(ours, limit, Callers, "p95 < 10 ms, ratio >= 0.50", cancellationToken);
        Console.WriteLine();
        await CompareAsync(ours, limit, 1, "", cancellationToken);
    }

    private static async Task CompareAsync(
        LoadTarget ours, LoadTarget limit, int callers, string aim, CancellationToken cancellationToken)
    {
        var runs = await LoadTarget.CompareAsync([ours, limit], callers, Rounds, Each, cancellationToken);
        var (mine, bare) = (runs[0], runs[1]);
        var table = new ResultTable($"{callers} connection(s)", "ours", "limit (bare Kestrel)", "ratio", "aim")
            .Row("requests/s", ResultTable.Count(mine.PerSecond), ResultTable.Count(bare.PerSecond),
                ResultTable.Ratio(mine.PerSecond / bare.PerSecond), aim);
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
            table.Row(name, ResultTable.Milliseconds(mine.Percentile(share)), ResultTable.Milliseconds(bare.Percentile(share)),
                ResultTable.Ratio(bare.Percentile(share) / mine.Percentile(share)));
        table.Row("server CPU per request", $"{mine.CpuMicroseconds:0} us", $"{bare.CpuMicroseconds:0} us",
            ResultTable.Ratio(bare.CpuMicroseconds / mine.CpuMicroseconds));
        table.Print();
    }
}
