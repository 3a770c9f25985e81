using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Broker;

public sealed class TimerMonitorTests(StackFixture stack) : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly BrokerDatabase database = new(stack);
    private readonly MovableClock clock = new(Noon.AddSeconds(-2));
    private readonly ListenerProbe probe = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Two_processes_share_one_timer()
    {
        using var one = await StartAsync();
        using var other = await StartAsync();

        for (var minute = 0; minute < 3; minute++)
        {
            clock.MoveTo(Noon.AddMinutes(minute));
            await probe.NextAsync();
        }

        await one.StopAsync();
        await other.StopAsync();
        Assert.Equal((3, 1), (probe.Finished, probe.MostAtOnce));
        Assert.False(probe.Deliveries.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task A_run_missed_while_the_app_was_down_happens_once_at_the_next_start()
    {
        using (var app = await StartAsync())
        {
            clock.MoveTo(Noon);
            await probe.NextAsync();
            await app.StopAsync();
        }

        clock.MoveTo(Noon.AddDays(3).AddSeconds(30));
        using var restarted = await StartAsync();
        var missed = await probe.NextAsync();
        clock.MoveTo(Noon.AddDays(3).AddMinutes(1));
        var regular = await probe.NextAsync();
        await restarted.StopAsync();

        Assert.Equal(("past due", "in time"), (missed.Body, regular.Body));
    }

    private async Task<IHost> StartAsync()
    {
        var app = await ListeningApp.StartAsync(database, probe, typeof(MinuteTimer), clock);
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(10);
        await using var known = database.Owner.CreateCommand("select count(*) from local_broker.timers");
        while (await known.ExecuteScalarAsync() is 0L && TimeProvider.System.GetUtcNow() < deadline)
            await Task.Delay(20);

        return app;
    }
}
