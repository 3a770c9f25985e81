using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Runtime;
using ServerlessBusiness.Tests.Unit.Shared.Telemetry;

namespace ServerlessBusiness.Tests.Unit.Shared.Problems;

public sealed class ListenerFailureTests
{
    private static readonly NpgsqlException Away = new("The database is away.", new IOException());

    private readonly SleepersClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ProblemMiddleware middleware;

    public ListenerFailureTests() => middleware = new ProblemMiddleware(clock, NullLogger<ProblemMiddleware>.Instance);

    [Fact]
    public async Task A_message_is_given_back_later_each_time_while_the_database_is_away_and_half_a_minute_at_most()
    {
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            var giving = RunAsync("serviceBusTrigger", Away);
            await clock.AsleepAsync();
            clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(giving.IsCompleted);
            clock.Advance(TimeSpan.FromMilliseconds(1));

            Assert.Same(Away, await Assert.ThrowsAsync<NpgsqlException>(() => giving));
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_message_itself_is_told_at_once() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("serviceBusTrigger", new InvalidOperationException()));

    [Fact]
    public async Task A_timer_does_not_wait() => await Assert.ThrowsAsync<NpgsqlException>(() => RunAsync("timerTrigger", Away));

    [Fact]
    public void A_listener_that_works_again_begins_anew_and_each_waits_for_itself()
    {
        var (patience, now) = (new ListenerPatience(), clock.GetUtcNow());
        patience.Fails("one", now);
        patience.Fails("one", now.AddSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), patience.Fails("other", now));

        patience.Works("one");

        Assert.Equal(TimeSpan.FromSeconds(1), patience.Fails("one", now));
        Assert.Equal(TimeSpan.FromSeconds(2), patience.Fails("other", now.AddSeconds(1)));
    }

    [Fact]
    public void Messages_that_fail_beside_each_other_wait_as_long_as_one()
    {
        var (patience, now) = (new ListenerPatience(), clock.GetUtcNow());

        Assert.All(Enumerable.Range(0, 32), _ => Assert.Equal(TimeSpan.FromSeconds(1), patience.Fails("one", now)));
        Assert.All(Enumerable.Range(0, 32), _ => Assert.Equal(TimeSpan.FromSeconds(2), patience.Fails("one", now.AddSeconds(1))));
    }

    private Task RunAsync(string trigger, Exception exception) =>
        middleware.Invoke(new TestFunctionContext("Listen", trigger: trigger), _ => Task.FromException(exception));
}
