using System.Diagnostics;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Tests.Unit.Shared.Telemetry;

public sealed class MessageActivityTests
{
    [Fact]
    public void The_consumer_goes_on_with_the_senders_trace_and_then_returns_to_its_own()
    {
        string? traceParent;
        using (var sender = new Activity("send").Start())
            traceParent = MessageActivity.CurrentTraceParent;

        using var invocation = new Activity("listener").Start();
        using (var consumer = MessageActivity.StartConsumer("InvoicePaid", traceParent))
        {
            Assert.Equal(traceParent!.Split('-')[1], consumer.TraceId.ToString());
            Assert.Same(consumer, Activity.Current);
        }

        Assert.Same(invocation, Activity.Current);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-nonsense-01")]
    public void A_missing_or_malformed_traceparent_stays_in_the_invocations_trace(string? traceParent)
    {
        using var invocation = new Activity("listener").Start();
        using var consumer = MessageActivity.StartConsumer("InvoicePaid", traceParent);
        Assert.Equal(invocation.TraceId, consumer.TraceId);
    }

    [Fact]
    public void Outside_of_any_work_there_is_no_traceparent()
    {
        Activity.Current = null;
        Assert.Null(MessageActivity.CurrentTraceParent);
    }
}
