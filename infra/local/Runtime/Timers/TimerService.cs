using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Hosting;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Timers;

// All timers of the app.
internal sealed class TimerService
{
    private readonly IReadOnlyList<ScheduledTimer> timers;
    private readonly ILogger<TimerService> logger;
    private readonly ConcurrentDictionary<Task, string> running = new();
    private CancellationToken stopping;
    private CancellationToken abandoned;

    public TimerService(
        FunctionCatalog catalog,
        RuntimeOptions options,
        ITimerMonitor monitor,
        BackgroundInvoker invoker,
        TimeProvider clock,
        ILogger<TimerService> logger)
    {
        this.logger = logger;
        timers =
        [
            .. catalog.With<TimerTriggerAttribute>().Select(pair => new ScheduledTimer(
                pair.Function,
                pair.Trigger,
                TimerSchedule.Parse(pair.Trigger.Schedule, pair.Function.Name, options),
                monitor,
                invoker,
                clock,
                logger)),
        ];
    }

    public void Start(CancellationToken stopping, CancellationToken abandoned)
    {
        this.stopping = stopping;
        this.abandoned = abandoned;
        foreach (var timer in timers)
            Run(timer.Name, () => timer.RunAsync(stopping, abandoned));
    }

    // Starts a run by hand, as the real host does for its administrators. False when there is no such timer.
    public bool TryFire(string name)
    {
        var timer = timers.FirstOrDefault(timer => string.Equals(timer.Name, name, StringComparison.OrdinalIgnoreCase));
        if (timer is null)
            return false;

        Run(timer.Name, () => timer.FireAsync(stopping, abandoned));
        return true;
    }

    public Task DrainAsync() => Task.WhenAll(running.Keys);

    private void Run(string name, Func<Task> work)
    {
        var run = Task.Run(() => GuardAsync(name, work));
        running[run] = name;
        run.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task GuardAsync(string name, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.LogDebug("The timer {Function} stops with the host.", name);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The timer {Function} has stopped.", name);
        }
    }
}
