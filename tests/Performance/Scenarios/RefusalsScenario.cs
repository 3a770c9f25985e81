using System.Diagnostics;
using System.Net;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Stage;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// One sign-in at a time, the five kinds in turns, so that whatever the machine does meanwhile falls on all of them.
internal static class RefusalsScenario
{
    private const int Rounds = 200;

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var settings = HttpScenario.AsDeployed;
        settings["SIGN_INS_PER_ADDRESS"] = "6000000";
        await using var users = await stack.StartAppAsync(FunctionApp.Users, settings, cancellationToken);
        using var known = new BenchUsers(stack, users, "known");
        using var locked = new BenchUsers(stack, users, "locked");
        using var suspended = new BenchUsers(stack, users, "suspended");
        using var unverified = new BenchUsers(stack, users, "unverified");
        using var unknown = new BenchUsers(stack, users, "unknown");
        // One account for each wrong password: a second one would be on its way to a lock.
        await known.CreateAsync(Rounds, "active", verified: true, cancellationToken);
        await locked.CreateAsync(1, "active", verified: true, cancellationToken);
        await suspended.CreateAsync(1, "suspended", verified: true, cancellationToken);
        await unverified.CreateAsync(1, "active", verified: false, cancellationToken);
        await LockAsync(stack, await locked.IdOfAsync(0, cancellationToken));

        (string Name, Func<int, Task<HttpResponseMessage>> Ask)[] kinds =
        [
            ("unknown login", round => unknown.TrySignInAsync(unknown.Name(round), BenchUsers.Password, cancellationToken)),
            ("wrong password", round => known.TrySignInAsync(known.Name(round), "not the password", cancellationToken)),
            ("locked account, right password", _ => locked.TrySignInAsync(locked.Name(0), BenchUsers.Password, cancellationToken)),
            ("suspended account, right password", _ => suspended.TrySignInAsync(suspended.Name(0), BenchUsers.Password, cancellationToken)),
            ("unverified account, right password", _ => unverified.TrySignInAsync(unverified.Name(0), BenchUsers.Password, cancellationToken)),
        ];
        var times = kinds.Select(_ => new List<long>()).ToList();
        for (var round = 0; round < Rounds; round++)
            for (var kind = 0; kind < kinds.Length; kind++)
                times[kind].Add(await MeasureAsync(kinds[kind].Name, () => kinds[kind].Ask(round)));

        var medians = times.Select(some => LoadRun.MillisecondsAt([.. some.Order()], 0.5)).ToList();
        var table = new ResultTable($"refused sign-in, median of {Rounds}", "time", "to the fastest", "aim");
        foreach (var (kind, median) in kinds.Zip(medians))
            table.Row(kind.Name, ResultTable.Milliseconds(median), ResultTable.Ratio(median / medians.Min()), "<= 1.10");
        table.Print();
    }

    private static async Task<long> MeasureAsync(string kind, Func<Task<HttpResponseMessage>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await ask();
        var elapsed = Stopwatch.GetTimestamp() - started;
        return answer.StatusCode == HttpStatusCode.Unauthorized
            ? elapsed
            : throw new LoadException($"{kind}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    // As ten wrong passwords leave it, for longer than the run takes.
    private static async Task LockAsync(BenchStack stack, Guid user)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { stack.Endpoints.RedisHost, stack.Endpoints.RedisPort } },
            Password = stack.Endpoints.RedisPassword,
        };
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        var until = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        await redis.GetDatabase().HashSetAsync(
            CacheKeys.Lockout(TenantId.Default, user.ToString("N")), [new HashEntry("failures", 10), new HashEntry("until", until)]);
    }
}
