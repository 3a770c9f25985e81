using System.Net.Http.Json;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Facts written by the kernel's outbox, moved by the relay to the local broker, and claimed in the inbox by a function; one process does
// all three, as an app that talks to itself. The limit is one insert and commit per message by as many writers, with nothing around it.
internal static class RelayScenario
{
    private const int Writers = 16;
    private const int Messages = 20_000;
    private const int SteadyRate = 200;
    private const int SteadySeconds = 10;

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await stack.ExecuteAsync(
            """
            create table if not exists public.bare_rows (id uuid primary key, body text not null);
            grant insert on public.bare_rows to users_jobs;
            """,
            cancellationToken);
        await using var probe = await stack.StartSelfAsync(ProbeApp.Role, ProbeApp.Depth(ProbeApp.UpToTenant), cancellationToken);
        using var client = new HttpClient { BaseAddress = probe.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };

        await AskAsync<RelayFigures>(Burst(2_000, 1));
        await AskAsync<CommitFigures>(Commits(2_000));

        var commits = await AskAsync<CommitFigures>(Commits(Messages));
        var single = await AskAsync<RelayFigures>(Burst(Messages, 1));
        var bulk = await AskAsync<RelayFigures>(Burst(Messages, 100));
        var steady = await AskAsync<RelayFigures>($"relay/steady?perSecond={SteadyRate}&seconds={SteadySeconds}");

        var limit = commits.Commits / commits.Seconds;
        var table = new ResultTable($"{Messages:#,0} messages", "ours", "limit (bare commits)", "ratio", "aim");
        Add(bulk, "messages/s, written 100 at once");
        Add(single, "messages/s, each its own transaction");
        table.Print();

        Console.WriteLine();
        new ResultTable($"fact to handler at {SteadyRate}/s", "ours", "aim")
            .Row("p50", ResultTable.Milliseconds(steady.P50))
            .Row("p95", ResultTable.Milliseconds(steady.P95), "< 100 ms")
            .Row("p99", ResultTable.Milliseconds(steady.P99))
            .Print();

        void Add(RelayFigures figures, string what)
        {
            var rate = figures.Messages / figures.HandledAfter;
            table.Row(what, ResultTable.Count(rate), ResultTable.Count(limit), ResultTable.Ratio(rate / limit), ">= 2,000/s");
            table.Row("  of which written after", $"{figures.WrittenAfter:0.0} s of {figures.HandledAfter:0.0} s");
        }

        async Task<T> AskAsync<T>(string path)
        {
            using var answer = await client.PostAsync(path, content: null, cancellationToken);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadFromJsonAsync<T>(cancellationToken))!
                : throw new LoadException($"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private static string Burst(int messages, int perTransaction) =>
        $"relay/burst?messages={messages}&perTransaction={perTransaction}&writers={Writers}";

    private static string Commits(int commits) => $"relay/commits?commits={commits}&writers={Writers}";
}
