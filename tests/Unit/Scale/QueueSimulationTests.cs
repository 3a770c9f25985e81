using CsCheck;
using ServerlessBusiness.Tests.Performance.Scale;

namespace ServerlessBusiness.Tests.Unit.Scale;

public sealed class QueueSimulationTests
{
    private static readonly ScaleRules Rules = new(AlwaysReady: 1, Maximum: 10);

    [Fact]
    public void Nothing_is_lost_and_no_limit_is_passed()
    {
        Gen.Select(Gen.Int[0, 500], Gen.Int[1, 50], Gen.Int[1, 20], Gen.Int[0, 3], Gen.Int[1, 30]).Sample((perSecond, concurrency, tenths, ready, most) =>
        {
            var rules = new ScaleRules(Math.Min(ready, most), most);
            var outcome = QueueSimulation.Run(new QueueLoad(second => second % 7 == 0 ? perSecond : 0, tenths / 10.0, concurrency), rules, 300);

            Assert.Equal(outcome.Arrived, outcome.Done + outcome.Waiting, 1e-3);
            Assert.InRange(outcome.PeakInstances, rules.AlwaysReady, most);
            Assert.True(outcome.P50Seconds <= outcome.P95Seconds && outcome.P95Seconds <= outcome.MaxSeconds);
            Assert.True(outcome.MaxSeconds >= 0 && outcome.Waiting >= -1e-6);
        });
    }

    [Fact]
    public void A_load_that_one_instance_can_take_waits_for_nobody()
    {
        var outcome = QueueSimulation.Run(new QueueLoad(_ => 10, HandlingSeconds: 0.5, Concurrency: 32), Rules, 600);

        Assert.Equal((0.5, 0.5, 1), (outcome.P50Seconds, outcome.MaxSeconds, outcome.PeakInstances));
    }

    [Fact]
    public void A_ceiling_behind_the_handlers_makes_a_burst_wait_however_many_instances_there_are()
    {
        // 750 messages at 75 a second are done in ten seconds, the last one in the tenth.
        var outcome = QueueSimulation.Run(new QueueLoad(second => second == 0 ? 750 : 0, 0.3, 96, CeilingPerSecond: 75), Rules, 60);

        Assert.Equal(9.3, outcome.MaxSeconds, 6);
        Assert.Equal(750, outcome.Done, 6);
    }

    [Fact]
    public void Without_always_ready_instances_the_first_message_waits_for_a_start()
    {
        var cold = QueueSimulation.Run(new QueueLoad(second => second == 0 ? 1 : 0, 0.1, 32), Rules with { AlwaysReady = 0 }, 60);
        var warm = QueueSimulation.Run(new QueueLoad(second => second == 0 ? 1 : 0, 0.1, 32), Rules, 60);

        Assert.Equal(5.1, cold.MaxSeconds, 6);
        Assert.Equal(0.1, warm.MaxSeconds, 6);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(13, 0)]
    [InlineData(100, 69.6)]
    [InlineData(1_100, 569.6)]
    [InlineData(2_600, 1_289.6)]
    public void Operations_of_Service_Bus_get_cheaper_in_steps(double millions, double dollars)
    {
        Assert.Equal(dollars, Prices.ServiceBusStandardOperations(millions), 6);
    }
}
