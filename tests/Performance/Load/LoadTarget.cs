using System.Diagnostics;
using System.Net;

namespace ServerlessBusiness.Tests.Performance.Load;

// One request, a GET as a rule, sent again and again on as many connections as there are callers; each waits for its answer before it asks
// again.
internal sealed class LoadTarget : IDisposable
{
    private const int WarmRequests = 30_000;

    private readonly int processId;
    private readonly Func<HttpMessageInvoker, int, CancellationToken, Task> ask;
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        // No trace headers: the server would start from ours instead of its own.
        ActivityHeadersPropagator = null,
    });

    private bool isWarm;

    public LoadTarget(string name, Uri address, int processId, params IReadOnlyList<KeyValuePair<string, string>> headers)
        : this(name, processId, (client, _, cancellationToken) => GetAsync(client, name, address, headers, cancellationToken))
    {
    }

    /// <param name="ask">One request of the caller with that number, up to the last byte of its answer.</param>
    public LoadTarget(string name, int processId, Func<HttpMessageInvoker, int, CancellationToken, Task> ask)
    {
        Name = name;
        this.processId = processId;
        this.ask = ask;
    }

    public string Name { get; }

    public TimeSpan LongestWarming { get; init; } = TimeSpan.FromSeconds(30);

    public async Task<LoadRun> RunAsync(int callers, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var server = Process.GetProcessById(processId);
        var cpu = server.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, end, cancellationToken))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        server.Refresh();
        return new LoadRun([.. times.SelectMany(some => some).Order()], elapsed, server.TotalProcessorTime - cpu);
    }

    /// <summary>Measures several targets in turns, so that whatever else the machine does meanwhile falls on all of them.</summary>
    public static async Task<IReadOnlyList<LoadRun>> CompareAsync(
        IReadOnlyList<LoadTarget> targets, int callers, int rounds, TimeSpan each, CancellationToken cancellationToken)
    {
        foreach (var target in targets)
            await target.WarmAsync(callers, cancellationToken);

        var runs = targets.Select(_ => new List<LoadRun>()).ToList();
        for (var round = 0; round < rounds; round++)
            foreach (var (target, results) in targets.Zip(runs))
                results.Add(await target.RunAsync(callers, each, cancellationToken));
        return [.. runs.Select(LoadRun.Merge)];
    }

    /// <summary>
    /// Once: the compiler keeps a core busy until the hot methods are at their last tier, which takes requests and not seconds.
    /// </summary>
    public async Task WarmAsync(int callers, CancellationToken cancellationToken)
    {
        if (isWarm)
            return;
        isWarm = true;
        var started = Stopwatch.GetTimestamp();
        for (var requests = 0; requests < WarmRequests && Stopwatch.GetElapsedTime(started) < LongestWarming;)
            requests += (await RunAsync(callers, TimeSpan.FromSeconds(2), cancellationToken)).Sorted.Length;
    }

    public void Dispose() => client.Dispose();

    private async Task<List<long>> CallAsync(int caller, long end, CancellationToken cancellationToken)
    {
        var times = new List<long>(16_384);
        for (var before = Stopwatch.GetTimestamp(); before < end; before = Stopwatch.GetTimestamp())
        {
            await ask(client, caller, cancellationToken);
            times.Add(Stopwatch.GetTimestamp() - before);
        }

        return times;
    }

    /// <summary>One GET that must be answered with 200.</summary>
    public static async Task GetAsync(
        HttpMessageInvoker client, string name, Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (header, value) in headers)
            request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await client.SendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new LoadException($"{name}: {address} answered {(int)answer.StatusCode}: "
                + await answer.Content.ReadAsStringAsync(cancellationToken));
        await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
    }
}
