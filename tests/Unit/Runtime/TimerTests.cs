using System.Net;
using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Runtime.Timers;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class TimerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 11, 59, 30, TimeSpan.Zero);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SleepersClock clock = new(Start);
    private readonly TimerProbe probe = new();
    private readonly MemoryTimerMonitor monitor = new();

    [Fact]
    public async Task A_timer_runs_when_its_time_has_come_and_knows_its_schedule()
    {
        await using var app = await StartAsync(typeof(HourlySample));

        var first = await NextRunAsync();
        var second = await NextRunAsync(TimeSpan.FromHours(1));

        Assert.False(first.IsPastDue);
        Assert.Equal(default, first.ScheduleStatus!.Last);
        Assert.Equal(new DateTime(2026, 3, 10, 12, 0, 0), first.ScheduleStatus.Next);
        Assert.Equal(new DateTime(2026, 3, 10, 13, 0, 0), second.ScheduleStatus!.Next);
        Assert.Equal(12, second.ScheduleStatus.Last.Hour);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_month_makes_one_run_that_is_past_due_and_then_goes_on()
    {
        await using var app = await StartAsync(typeof(HourlySample));

        var missed = await NextRunAsync(TimeSpan.FromDays(30));
        var regular = await NextRunAsync();

        Assert.True(missed.IsPastDue);
        Assert.False(regular.IsPastDue);
        Assert.Equal(new DateTime(2026, 4, 9, 12, 0, 0), regular.ScheduleStatus!.Next);
        Assert.Equal(2, probe.Runs);
    }

    [Fact]
    public async Task After_downtime_a_missed_run_happens_once_at_once()
    {
        await using (await StartAsync(typeof(HourlySample)))
            await NextRunAsync();
        clock.Advance(TimeSpan.FromHours(5));

        await using var app = await StartAsync(typeof(HourlySample));

        Assert.True((await NextRunAsync()).IsPastDue);
        Assert.Equal(2, probe.Runs);
    }

    [Fact]
    public async Task A_run_missed_by_a_second_is_past_due_too()
    {
        await using (await StartAsync(typeof(HourlySample)))
            await NextRunAsync();
        clock.Advance(new DateTimeOffset(2026, 3, 10, 13, 0, 1, TimeSpan.Zero) - clock.GetUtcNow());

        await using var app = await StartAsync(typeof(HourlySample));

        Assert.True((await NextRunAsync()).IsPastDue);
        Assert.False((await NextRunAsync(TimeSpan.FromMinutes(59))).IsPastDue);
    }

    [Fact]
    public async Task A_changed_schedule_starts_afresh()
    {
        await using (await StartAsync(typeof(HourlySample)))
            await NextRunAsync();
        clock.Advance(TimeSpan.FromHours(5));

        await using var app = await StartAsync(typeof(HalfHourlySample));
        var run = await NextRunAsync(TimeSpan.FromMinutes(30));

        Assert.False(run.IsPastDue);
        Assert.Equal(default, run.ScheduleStatus!.Last);
    }

    [Fact]
    public async Task A_timer_without_monitor_forgets_missed_runs_and_has_no_status()
    {
        await using (await StartAsync(typeof(UnmonitoredSample)))
            await NextRunAsync();
        clock.Advance(TimeSpan.FromHours(5));

        await using var app = await StartAsync(typeof(UnmonitoredSample));
        var run = await NextRunAsync(TimeSpan.FromMinutes(59));

        Assert.Null(run.ScheduleStatus);
        Assert.False(run.IsPastDue);
    }

    [Fact]
    public async Task A_failing_run_does_not_stop_the_schedule()
    {
        probe.Failures = 1;
        await using var app = await StartAsync(typeof(HourlySample));

        await NextRunAsync();
        await NextRunAsync(TimeSpan.FromHours(1));

        Assert.Equal(2, probe.Runs);
    }

    [Fact]
    public async Task A_retry_attribute_repeats_a_failed_run_and_tells_which_attempt_it_is()
    {
        probe.Failures = 2;
        await using var app = await StartAsync(typeof(RetriedSample));

        for (var run = 0; run < 3; run++)
            await NextRunAsync();

        Assert.Equal([null, 1, 2], probe.Attempts);
    }

    [Fact]
    public async Task Runs_of_one_timer_never_overlap()
    {
        probe.Gate = new TaskCompletionSource();
        await using var app = await StartAsync(typeof(HourlySample));
        await NextRunAsync();

        clock.Advance(TimeSpan.FromHours(3));
        await app.Client.PostAsync("/admin/functions/hourly", new StringContent("""{"input":""}"""));
        Assert.Equal(1, probe.Runs);
        probe.Gate.SetResult();

        await NextRunAsync();
        await NextRunAsync();
        Assert.Equal(1, probe.MostAtOnce);
    }

    [Fact]
    public async Task RunOnStartup_runs_at_every_start()
    {
        await using (await StartAsync(typeof(StartupSample)))
            await NextRunAsync();
        await using (await StartAsync(typeof(StartupSample)))
            await NextRunAsync();

        Assert.Equal(2, probe.Runs);
    }

    [Fact]
    public async Task An_administrator_fires_a_timer_by_hand()
    {
        await using var app = await StartAsync(typeof(HourlySample));

        using var fired = await app.Client.PostAsync("/admin/functions/Hourly", new StringContent("""{"input":""}"""));
        using var unknown = await app.Client.PostAsync("/admin/functions/Daily", new StringContent("""{"input":""}"""));
        var run = await probe.Infos.Reader.ReadAsync();

        Assert.Equal(HttpStatusCode.Accepted, fired.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.False(run.IsPastDue);
    }

    [Fact]
    public async Task Stopping_waits_for_the_running_timer()
    {
        probe.Gate = new TaskCompletionSource();
        var app = await StartAsync(typeof(HourlySample));
        await NextRunAsync();

        var stopping = app.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        probe.Gate.SetResult();
        await stopping;

        Assert.Equal(1, probe.Finished);
    }

    private Task<RunningApp> StartAsync(Type functions) => RunningApp.StartAsync([functions], builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<ITimerMonitor>(monitor);
        builder.Services.AddSingleton(probe);
    });

    // A timer that sleeps has seen the clock as it stands and has told of its runs. Only then is the clock moved, in steps too small
    // to make a run late.
    private async Task<TimerInfo> NextRunAsync(TimeSpan jump = default)
    {
        var runs = probe.Infos.Reader;
        for (var step = jump; ; step = TimeSpan.FromSeconds(2))
        {
            await Task.WhenAny(runs.WaitToReadAsync().AsTask(), clock.AsleepAsync()).WaitAsync(Patience);
            if (runs.TryRead(out var run))
                return run;
            clock.Advance(step);
        }
    }
}

public sealed class TimerProbe
{
    private int running;

    public Channel<TimerInfo> Infos { get; } = Channel.CreateUnbounded<TimerInfo>();

    public List<int?> Attempts { get; } = [];

    public TaskCompletionSource? Gate { get; set; }

    public int Failures { get; set; }

    public int Runs { get; private set; }

    public int Finished { get; private set; }

    public int MostAtOnce { get; private set; }

    public async Task RunAsync(TimerInfo info, FunctionContext context)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref running));
        Runs++;
        Attempts.Add(context.RetryContext?.RetryCount);
        Infos.Writer.TryWrite(info);
        if (Gate is not null)
            await Gate.Task;

        Interlocked.Decrement(ref running);
        Finished++;
        if (Runs <= Failures)
            throw new InvalidOperationException("a run that fails");
    }
}

public sealed class HourlySample(TimerProbe probe)
{
    [Function("Hourly")]
    public Task Run([TimerTrigger("0 0 * * * *")] TimerInfo timer, FunctionContext context) => probe.RunAsync(timer, context);
}

public sealed class HalfHourlySample(TimerProbe probe)
{
    [Function("Hourly")]
    public Task Run([TimerTrigger("*/30 * * * *")] TimerInfo timer, FunctionContext context) => probe.RunAsync(timer, context);
}

public sealed class UnmonitoredSample(TimerProbe probe)
{
    [Function("Unmonitored")]
    public Task Run([TimerTrigger("0 0 * * * *", UseMonitor = false)] TimerInfo timer, FunctionContext context) =>
        probe.RunAsync(timer, context);
}

public sealed class RetriedSample(TimerProbe probe)
{
    [Function("Retried")]
    [ExponentialBackoffRetry(5, "00:00:01", "00:00:03")]
    public Task Run([TimerTrigger("0 0 * * * *")] TimerInfo timer, FunctionContext context) => probe.RunAsync(timer, context);
}

public sealed class StartupSample(TimerProbe probe)
{
    [Function("Startup")]
    public Task Run([TimerTrigger("0 0 0 1 * *", RunOnStartup = true)] TimerInfo timer, FunctionContext context) =>
        probe.RunAsync(timer, context);
}
