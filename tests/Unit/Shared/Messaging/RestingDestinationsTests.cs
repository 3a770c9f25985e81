using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Unit.Shared.Messaging;

public sealed class RestingDestinationsTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void One_that_refused_rests_longer_each_time_and_ten_seconds_at_most()
    {
        var resting = new RestingDestinations(time);
        foreach (var seconds in new[] { 1, 2, 4, 8, 10, 10 })
        {
            resting.Refuses("topic");

            time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(["topic"], resting.Now());
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Empty(resting.Now());
            Assert.True(resting.Any);
        }
    }

    [Fact]
    public void One_that_does_not_answer_rests_as_long_as_was_waited_for_it_then_longer_and_a_minute_at_most()
    {
        var resting = new RestingDestinations(time);
        foreach (var seconds in new[] { 10, 20, 40, 60, 60 })
        {
            resting.DoesNotAnswer("topic", TimeSpan.FromSeconds(10));

            time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(["topic"], resting.Now());
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Empty(resting.Now());
        }

        resting.Refuses("topic");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(resting.Now());
    }

    [Fact]
    public void One_that_works_again_begins_anew()
    {
        var resting = new RestingDestinations(time);
        resting.Refuses("topic");
        resting.Refuses("topic");
        resting.Works("topic");
        Assert.Empty(resting.Now());
        Assert.False(resting.Any);

        resting.Refuses("topic");

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(resting.Now());
    }

    [Fact]
    public void They_rest_each_for_itself()
    {
        var resting = new RestingDestinations(time);
        resting.Refuses("one");
        resting.Works("other");

        Assert.Equal(["one"], resting.Now());
    }
}
