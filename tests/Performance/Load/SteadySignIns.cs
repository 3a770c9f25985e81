using System.Diagnostics;
using System.Globalization;
using System.Net;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Load;

// Four people want to sign in every second, whatever else goes on. How many of them were served stands beside what was measured meanwhile:
// without it nobody could tell whether passwords were hashed at all.
internal sealed class SteadySignIns : IAsyncDisposable
{
    public const int PerSecond = 4;

    private readonly CancellationTokenSource stopping = new();
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly Task running;
    private int served;
    private int busy;
    private volatile Exception? failure;

    public SteadySignIns(BenchUsers users, int accounts)
    {
        running = Task.Run(() => RunAsync(users, accounts));
    }

    /// <summary>What came of it so far.</summary>
    /// <exception cref="LoadException">A sign-in failed otherwise than by 503.</exception>
    public string Describe()
    {
        if (failure is { } reason)
            throw new LoadException($"The sign-ins in the background failed: {reason.Message}");
        var rate = served / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}/s, {busy} told to come back");
    }

    /// <summary>Returns when the last of them has his answer, so that nothing is left over for what is measured next.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private async Task RunAsync(BenchUsers users, int accounts)
    {
        var pending = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(stopping.Token); number++)
                pending.Add(SignInAsync(users, number % accounts));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(pending);
        }
    }

    private async Task SignInAsync(BenchUsers users, int number)
    {
        try
        {
            using var answer = await users.TrySignInAsync(users.Name(number), BenchUsers.Password, CancellationToken.None);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                Interlocked.Increment(ref busy);
            else if (answer.IsSuccessStatusCode)
                Interlocked.Increment(ref served);
            else
                throw new LoadException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception exception)
        {
            failure = exception;
        }
    }
}
