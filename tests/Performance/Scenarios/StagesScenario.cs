using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// The same read, from bare Kestrel to the whole pipeline. The processor time tells more than the rate where other work disturbs it.
internal static class StagesScenario
{
    private const int Callers = 16;
    private const int Rounds = 4;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await using var users = await stack.StartAppAsync(FunctionApp.Users, HttpScenario.AsDeployed, cancellationToken);
        var signed = HttpScenario.Signed(await stack.SignInAsync(cancellationToken));
        var servers = new List<SelfProcess>();
        var stages = new List<LoadTarget>();
        try
        {
            var bare = await StartAsync(BareServer.Role, []);
            stages.Add(new LoadTarget("bare Kestrel", BareServer.ReadOf(bare), bare.ProcessId));
            foreach (var (depth, name) in ProbeApp.Names.Prepend("row-level security").Index())
            {
                var probe = await StartAsync(ProbeApp.Role, ProbeApp.Depth(depth));
                if (depth == 0)
                    stages.Add(new LoadTarget("functions runtime", new Uri(probe.BaseAddress, ProbeFunctions.Plain), probe.ProcessId));
                stages.Add(new LoadTarget($"+ {name}", new Uri(probe.BaseAddress, ProbeFunctions.Signed), probe.ProcessId, signed));
            }

            Print(stages, await LoadTarget.CompareAsync(stages, Callers, Rounds, Each, cancellationToken));
        }
        finally
        {
            stages.ForEach(stage => stage.Dispose());
            await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        }

        async Task<SelfProcess> StartAsync(string role, Dictionary<string, string?> changes)
        {
            var server = await stack.StartSelfAsync(role, changes, cancellationToken);
            servers.Add(server);
            return server;
        }
    }

    private static void Print(List<LoadTarget> stages, IReadOnlyList<LoadRun> runs)
    {
        var table = new ResultTable($"{Callers} connections", "requests/s", "p50", "server CPU per request", "added");
        var before = 0.0;
        foreach (var (stage, run) in stages.Zip(runs))
        {
            table.Row(stage.Name, ResultTable.Count(run.PerSecond), ResultTable.Milliseconds(run.Percentile(0.5)),
                $"{run.CpuMicroseconds:0} us", $"{run.CpuMicroseconds - before:+0;-0} us");
            before = run.CpuMicroseconds;
        }

        table.Print();
    }
}
