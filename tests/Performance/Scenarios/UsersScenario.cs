using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Passwords are hashed in the background of everything but the sign-in itself, and the limits are measured beside the same noise.
internal static class UsersScenario
{
    private const int Callers = 16;
    private const int Accounts = 200;
    private const int SessionsEach = 50;
    private const int Rounds = 3;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortWarming = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var settings = HttpScenario.AsDeployed;
        settings["SIGN_INS_PER_ADDRESS"] = "6000000";
        await stack.ExecuteAsync(PlainSessions.Schema, cancellationToken);
        await using var users = await stack.StartAppAsync(FunctionApp.Users, settings, cancellationToken);
        await using var bare = await stack.StartSelfAsync(BareServer.Role, new Dictionary<string, string?>(), cancellationToken);
        await using var probe = await stack.StartSelfAsync(ProbeApp.Role, ProbeApp.Depth(ProbeApp.Whole), cancellationToken);
        using var people = new BenchUsers(stack, users, "bench");
        await people.CreateAsync(Accounts, "active", verified: true, cancellationToken);
        var sessions = new List<(string Access, string Refresh)>();
        for (var caller = 0; caller < Callers; caller++)
            sessions.Add(await people.SignInAsync(caller, cancellationToken));
        await people.FillSessionsAsync(SessionsEach, cancellationToken);

        var signed = HttpScenario.Signed(sessions[0].Access);
        using var validation = new LoadTarget("validation", new Uri(probe.BaseAddress, ProbeFunctions.Who), probe.ProcessId, signed);
        using var lookup = new LoadTarget("Redis GET", BareServer.SessionOf(bare), bare.ProcessId);
        await CompareAsync("token validation", "a GET of Redis", ">= 0.50", validation, lookup, Callers);

        var chains = new RefreshChains(new Uri(users.BaseAddress, "/v1/auth/refresh"), [.. sessions.Select(session => session.Refresh)]);
        using var refresh = new LoadTarget("refresh", users.ProcessId, chains.AskAsync);
        using var exchange = new LoadTarget(
            "exchange", bare.ProcessId, (client, caller, token) => LoadTarget.GetAsync(client, "exchange", BareServer.ExchangeOf(bare, caller), [], token));
        await CompareAsync("refresh", "an INSERT and an UPDATE in one commit", ">= 0.40", refresh, exchange, Callers);

        using var me = new LoadTarget("me", new Uri(users.BaseAddress, "/v1/me"), users.ProcessId, signed);
        foreach (var callers in new[] { 1, 4 })
            await WaitAsync(me, callers);

        var next = 0;
        using var signIn = new LoadTarget(
            "sign-in", users.ProcessId, (_, _, token) => people.SignInAsync(Interlocked.Increment(ref next) % Accounts, token))
        {
            LongestWarming = ShortWarming,
        };
        using var hash = new LoadTarget("bcrypt", BareServer.PasswordOf(bare), bare.ProcessId) { LongestWarming = ShortWarming };
        // Twice as many callers as cores: no core waits for the next password.
        var runs = await LoadTarget.CompareAsync([signIn, hash], 2 * Environment.ProcessorCount, Rounds, Each, cancellationToken);
        Print("sign-in", "a bcrypt hash", ">= 0.90", runs, "no others");

        async Task CompareAsync(string what, string limit, string aim, LoadTarget ours, LoadTarget bareTarget, int callers)
        {
            // Beside the noise the compiler would still be at work when the time is taken.
            await ours.WarmAsync(callers, cancellationToken);
            await bareTarget.WarmAsync(callers, cancellationToken);
            await using var background = new SteadySignIns(people, Accounts);
            var compared = await LoadTarget.CompareAsync([ours, bareTarget], callers, Rounds, Each, cancellationToken);
            Print(what, limit, aim, compared, background.Describe());
        }

        async Task WaitAsync(LoadTarget target, int callers)
        {
            await using var background = new SteadySignIns(people, Accounts);
            var run = (await LoadTarget.CompareAsync([target], callers, Rounds, Each, cancellationToken))[0];
            new ResultTable($"GET /v1/me in the process that hashes, {callers} connection(s)", "ours", "aim")
                .Row("p50", ResultTable.Milliseconds(run.Percentile(0.5)))
                .Row("p95", ResultTable.Milliseconds(run.Percentile(0.95)), "< 20 ms")
                .Row("p99", ResultTable.Milliseconds(run.Percentile(0.99)))
                .Row($"sign-ins meanwhile ({SteadySignIns.PerSecond}/s wanted)", background.Describe())
                .Print();
            Console.WriteLine();
        }
    }

    private static void Print(string what, string limit, string aim, IReadOnlyList<LoadRun> runs, string signIns)
    {
        var (ours, bare) = (runs[0], runs[1]);
        new ResultTable(what, "ours", $"limit ({limit})", "ratio", "aim")
            .Row("requests/s", Rate(ours), Rate(bare), ResultTable.Ratio(ours.PerSecond / bare.PerSecond), aim)
            .Row("p95", ResultTable.Milliseconds(ours.Percentile(0.95)), ResultTable.Milliseconds(bare.Percentile(0.95)))
            .Row("server CPU per request", $"{ours.CpuMicroseconds:0} us", $"{bare.CpuMicroseconds:0} us")
            .Row($"sign-ins meanwhile ({SteadySignIns.PerSecond}/s wanted)", signIns)
            .Print();
        Console.WriteLine();
    }

    private static string Rate(LoadRun run) => run.PerSecond < 100 ? ResultTable.Ratio(run.PerSecond) : ResultTable.Count(run.PerSecond);
}
