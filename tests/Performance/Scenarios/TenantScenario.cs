using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Two functions of one app read the same row by the same statement. One finds its tenant by the middleware and reads as the app role with
// the tenant set for row-level security; the other passes the middleware by and reads as a role that sees everything.
internal static class TenantScenario
{
    private const int Rounds = 4;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await using var probe = await stack.StartSelfAsync(ProbeApp.Role, ProbeApp.Depth(ProbeApp.UpToTenant), cancellationToken);
        using var with = new LoadTarget("with", new Uri(probe.BaseAddress, ProbeFunctions.OfTenant), probe.ProcessId,
            new KeyValuePair<string, string>("X-Tenant-ID", ProbeUser.Tenant));
        using var without = new LoadTarget("without", new Uri(probe.BaseAddress, ProbeFunctions.Plain), probe.ProcessId);

        var table = new ResultTable("", "with tenant", "without", "added", "ratio", "aim");
        foreach (var callers in new[] { 1, 4 })
        {
            var runs = await LoadTarget.CompareAsync([with, without], callers, Rounds, Each, cancellationToken);
            foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95) })
            {
                var (ours, limit) = (runs[0].Percentile(share), runs[1].Percentile(share));
                table.Row($"{name}, {callers} connection(s)", ResultTable.Milliseconds(ours), ResultTable.Milliseconds(limit),
                    ResultTable.Milliseconds(ours - limit), ResultTable.Ratio(limit / ours), "added < 1 ms");
            }

            table.Row($"server CPU, {callers} connection(s)", $"{runs[0].CpuMicroseconds:0} us", $"{runs[1].CpuMicroseconds:0} us",
                $"{runs[0].CpuMicroseconds - runs[1].CpuMicroseconds:0} us", ResultTable.Ratio(runs[1].CpuMicroseconds / runs[0].CpuMicroseconds));
        }

        table.Print();
    }
}
