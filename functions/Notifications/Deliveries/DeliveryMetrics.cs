using System.Diagnostics.Metrics;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>What is measured of deliveries.</summary>
internal static class DeliveryMetrics
{
    private static readonly Counter<long> Sent = ServiceTelemetry.Meter.CreateCounter<long>("notifications.sent", description: "Messages that a provider has taken.");
    private static readonly Counter<long> Ended = ServiceTelemetry.Meter.CreateCounter<long>("notifications.ended", description: "Notifications that were not sent.");
    private static readonly Counter<long> Throttled = ServiceTelemetry.Meter.CreateCounter<long>("notifications.throttled", description: "Calls that a provider answered with 'later'.");

    private static readonly Counter<long> PossibleDuplicates = ServiceTelemetry.Meter.CreateCounter<long>(
        "notifications.possible_duplicates", description: "Messages sent again after a call whose outcome nobody knows.");

    private static readonly Histogram<double> Delay = ServiceTelemetry.Meter.CreateHistogram<double>("notifications.delay", "ms", "From the fact to the provider's answer.");

    public static void OnSent(Delivery delivery, Channel channel, DateTimeOffset now)
    {
        var (type, way) = (Tag("type", delivery.Type), Tag("channel", channel.Name));
        Sent.Add(1, type, way);
        Delay.Record((now - delivery.Since).TotalMilliseconds, type, way);
        if (delivery.UnknownCalls > 0)
            PossibleDuplicates.Add(1, type, way);
    }

    public static void OnEnded(string type, string code) => Ended.Add(1, Tag("type", type), Tag("reason", code));

    public static void OnThrottled(Channel channel) => Throttled.Add(1, Tag("channel", channel.Name), Tag("bot", (channel as Channel.Telegram)?.Bot ?? ""));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
