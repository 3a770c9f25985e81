using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServerlessBusiness.Tests.Performance.Load;

// So many requests a second, by callers who take turns. A caller whose answer is late sends his next one late, too: the rate that came of it stands
// beside the times.
internal static class PacedRun
{
    public static async Task<LoadRun> RunAsync(
        Func<HttpMessageInvoker, CancellationToken, Task> ask, int processId, int callers, int perSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });
        using var server = Process.GetProcessById(processId);
        var cpu = server.TotalProcessorTime;
        var times = new ConcurrentBag<long>();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        server.Refresh();
        return new LoadRun([.. times.Order()], elapsed, server.TotalProcessorTime - cpu);

        async Task CallAsync(int caller)
        {
            for (var turn = caller; turn < perSecond * duration.TotalSeconds; turn += callers)
            {
                var due = started + (long)((double)turn / perSecond * Stopwatch.Frequency);
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, cancellationToken);
                // A delay ends up to a millisecond late; that is the generator's fault, not the server's.
                var sent = Math.Max(due, Stopwatch.GetTimestamp());
                await ask(client, cancellationToken);
                times.Add(Stopwatch.GetTimestamp() - sent);
            }
        }
    }
}
