using System.Diagnostics.Metrics;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Preferences;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class DeliveryMetricsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public void A_message_sent_after_an_unknown_outcome_is_counted_as_a_possible_duplicate(int unknownCalls, int counted)
    {
        // Other tests measure too: only the type of this one is listened to.
        var type = $"test-{Guid.CreateVersion7()}";
        var duplicates = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "notifications.possible_duplicates")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
                if (Equals(tag.Value, type))
                    Interlocked.Add(ref duplicates, value);
        });
        listener.Start();
        var delivery = new Delivery(
            Guid.CreateVersion7(), Guid.CreateVersion7(), type, 3, "{}", 1, 3, unknownCalls, WasBrokenOff: false, Now, Now.AddDays(1), "", null,
            UserIsKnown: true, null, "en", true, "{}", "{}", null, null, null, DigestRhythm.Off, "08:00", "default", "default", 1001, false, Guid.Empty);
        DeliveryMetrics.OnSent(delivery, new Channel.Telegram("default", 1001), Now);

        Assert.Equal(counted, duplicates);
    }
}
