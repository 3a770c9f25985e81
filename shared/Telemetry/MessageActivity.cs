using System.Diagnostics;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Carries a trace through a queue: the sender writes <see cref="CurrentTraceParent"/> into the envelope, the consumer goes on from it.</summary>
public static class MessageActivity
{
    /// <summary>The W3C traceparent of the running work, or null outside of any.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>Goes on with the sender's trace until disposed, linked to the invocation that received the message.
    /// A missing or malformed traceparent stays in the invocation's own trace.</summary>
    public static Activity StartConsumer(string name, string? traceParent)
    {
        var invocation = Activity.Current?.Context ?? default;
        return ActivityContext.TryParse(traceParent, null, isRemote: true, out var sender)
            ? ServiceTelemetry.Start(name, ActivityKind.Consumer, sender, link: invocation)
            : ServiceTelemetry.Start(name, ActivityKind.Consumer, parent: default);
    }
}
