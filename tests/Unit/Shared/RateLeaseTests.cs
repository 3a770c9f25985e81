using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared;

public sealed class RateLeaseTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_small_budget_is_asked_for_one_by_one()
    {
        var lease = new RateLease(perMinute: 1199);

        Assert.Equal([1, 1, 1, 1], Enumerable.Range(0, 4).Select(_ => Wanted(lease)));
    }

    [Fact]
    public void A_handful_doubles_while_it_is_used_up_within_a_second_up_to_a_tenth_of_a_second_of_the_budget()
    {
        var lease = new RateLease(perMinute: 6000);
        var wanted = new List<int>();
        for (var request = 0; request < 40; request++)
            if (Wanted(lease) is var want and > 0)
                wanted.Add(want);

        Assert.Equal([1, 2, 4, 8, 10, 10, 10], wanted);
    }

    [Fact]
    public void What_is_left_after_a_second_is_forgone()
    {
        var lease = new RateLease(perMinute: 6000);
        Wanted(lease);
        Wanted(lease);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, Wanted(lease));
    }

    [Fact]
    public void While_one_asks_for_a_handful_the_others_ask_for_themselves()
    {
        var lease = new RateLease(perMinute: 6000);
        Wanted(lease);
        Assert.Null(lease.Take(time, out var first));
        Assert.Null(lease.Take(time, out var second));

        Assert.Equal((2, 1), (first, second));
    }

    [Fact]
    public void No_answer_leaves_nothing_to_hand_out()
    {
        var lease = new RateLease(perMinute: 6000);
        Wanted(lease);
        lease.Take(time, out _);
        lease.Granted(null, 0);

        Assert.Equal(4, Wanted(lease));
    }

    [Fact]
    public void A_held_request_tells_what_all_processes_have_left()
    {
        var lease = new RateLease(perMinute: 6000);
        Wanted(lease);
        lease.Take(time, out _);
        lease.Granted(new RateLimitTake(true, 100, TimeSpan.FromSeconds(30), TimeSpan.Zero, IsShared: true), 2);
        time.Advance(TimeSpan.FromMilliseconds(500));

        var held = lease.Take(time, out _);

        Assert.Equal(new RateLimitTake(true, 100, TimeSpan.FromSeconds(29.5), TimeSpan.Zero, IsShared: true), held);
    }

    // How many were asked for, all of which are granted; none when one was held.
    private int Wanted(RateLease lease)
    {
        if (lease.Take(time, out var want) is not null)
            return 0;
        if (want > 1)
            lease.Granted(new RateLimitTake(true, 1000, TimeSpan.FromSeconds(1), TimeSpan.Zero, IsShared: true), want);
        return want;
    }
}
