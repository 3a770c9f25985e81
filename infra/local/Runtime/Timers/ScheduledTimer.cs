using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Timers;

// One timer function: waits for its next occurrence, runs it alone, and remembers when the following one is.
internal sealed class ScheduledTimer(
    FunctionDescriptor function,
    TimerTriggerAttribute trigger,
    TimerSchedule schedule,
    ITimerMonitor monitor,
    BackgroundInvoker invoker,
    TimeProvider clock,
    ILogger logger)
{
    // The clock of a development machine may be moved at any moment, so nobody sleeps long on what it says now.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryStorage = TimeSpan.FromSeconds(2);

    private readonly TimerRetry retry = TimerRetry.Of(function.Method);

    public string Name => function.Name;

    // Ends when stopping asks for it, after the current run; abandoned reaches the function.
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandoned)
    {
        var next = await PersistAsync(() => FirstAsync(stopping), stopping);
        // What fell due while nobody ran is past due however little time has passed.
        var isMissed = next <= clock.GetUtcNow();
        if (trigger.RunOnStartup)
        {
            var (due, missed) = (Earlier(next, clock.GetUtcNow()), isMissed);
            next = await PersistAsync(() => RunDueAsync(due, missed, true, stopping, abandoned), stopping);
            isMissed = false;
        }

        while (!stopping.IsCancellationRequested)
        {
            var wait = next - clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait < Glance ? wait : Glance, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else
            {
                var (due, missed) = (next, isMissed);
                next = await PersistAsync(() => RunDueAsync(due, missed, false, stopping, abandoned), stopping);
                isMissed = false;
            }
        }
    }

    // Runs it once more than the schedule asks for, as soon as no other run is going on.
    public async Task FireAsync(CancellationToken stopping, CancellationToken abandoned)
    {
        await using var turn = await EnterAsync(stopping);
        var status = Status(await turn.ReadAsync());
        await InvokeAsync(new TimerInfo { ScheduleStatus = status }, stopping, abandoned);
    }

    private async Task<DateTimeOffset> FirstAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        if (!trigger.UseMonitor)
            return schedule.NextAfter(now);

        await using var turn = await EnterAsync(stopping);
        var known = await turn.ReadAsync();
        if (known is not null && known.Schedule == schedule.Text)
            return known.Next;

        var first = new TimerState(schedule.Text, DateTimeOffset.MinValue, schedule.NextAfter(now), now);
        await turn.WriteAsync(first);
        return first.Next;
    }

    private async Task<DateTimeOffset> RunDueAsync(
        DateTimeOffset due, bool isMissed, bool isStartup, CancellationToken stopping, CancellationToken abandoned)
    {
        await using var turn = await EnterAsync(stopping);
        var known = await turn.ReadAsync();
        // Another process was first.
        if (!isStartup && known?.Schedule == schedule.Text && known.Next > due)
            return known.Next;

        var started = clock.GetUtcNow();
        var isPastDue = trigger.UseMonitor && (isMissed || started - due > Lateness);
        await InvokeAsync(new TimerInfo { ScheduleStatus = Status(known), IsPastDue = isPastDue }, stopping, abandoned);

        // Counted from the start of this run: what fell due while it ran still happens, once.
        var state = new TimerState(schedule.Text, started, schedule.NextAfter(started), clock.GetUtcNow());
        await turn.WriteAsync(state);
        return state.Next;
    }

    private async Task InvokeAsync(TimerInfo info, CancellationToken stopping, CancellationToken abandoned)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var invocation = new Invocation(function, info, NoBindings.Instance)
                {
                    RetryCount = attempt,
                    MaxRetryCount = retry.Max,
                };
                await invoker.InvokeAsync(invocation, abandoned);
                return;
            }
            catch (Exception failure)
            {
                logger.LogError(failure, "The timer {Function} failed in attempt {Attempt}.", Name, attempt + 1);
                if (!retry.Allows(attempt + 1))
                    return;
            }

            await Task.Delay(retry.DelayBefore(attempt + 1), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
        }
    }

    private ScheduleStatus? Status(TimerState? state) => trigger.UseMonitor && state is not null
        ? new ScheduleStatus
        {
            Last = state.Last.UtcDateTime,
            Next = state.Next.UtcDateTime,
            LastUpdated = state.UpdatedAt.UtcDateTime,
        }
        : null;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private async Task<ITimerTurn> EnterAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (await monitor.TryEnterAsync(Name, stopping) is { } turn)
                return turn;

            await Task.Delay(Glance, clock, stopping);
        }
    }

    // The database may start later than the app, or go away for a while; the schedule waits for it.
    private async Task<DateTimeOffset> PersistAsync(Func<Task<DateTimeOffset>> step, CancellationToken stopping)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return await step();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return DateTimeOffset.MaxValue;
            }
            catch (NpgsqlException failure)
            {
                if (isFirst)
                    logger.LogWarning(failure, "The timer {Function} cannot reach the local broker's database; it keeps trying.", Name);
            }

            await Task.Delay(RetryStorage, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return DateTimeOffset.MaxValue;
        }
    }

    private sealed class NoBindings : BindingContext
    {
        public static readonly NoBindings Instance = new();

        public override IReadOnlyDictionary<string, object?> BindingData { get; } = new Dictionary<string, object?>();
    }
}
