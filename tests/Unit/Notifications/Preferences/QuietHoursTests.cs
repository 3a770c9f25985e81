using CsCheck;
using ServerlessBusiness.Notifications.Preferences;

namespace ServerlessBusiness.Tests.Unit.Notifications.Preferences;

public sealed class QuietHoursTests
{
    private static readonly string[] Zones =
        ["Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "UTC"];

    [Theory]
    [InlineData("Asia/Jakarta", "2026-11-22T14:59:00Z", null)]
    [InlineData("Asia/Jakarta", "2026-11-22T15:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("Asia/Jakarta", "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z")]
    [InlineData("Asia/Jakarta", "2026-11-23T00:00:00Z", null)]
    // The night in which Berlin puts its clocks forward is an hour shorter, the one in which it puts them back an hour longer.
    [InlineData("Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z")]
    public void From_ten_to_seven_passes_midnight_on_the_users_own_clock(string zone, string now, string? end)
    {
        Assert.Equal(end is null ? null : Instant(end), new QuietHours(new TimeOnly(22, 0), new TimeOnly(7, 0)).EndsAt(Zone(zone), Instant(now)));
    }

    [Theory]
    // 02:30 does not exist in that night: the quiet ends when the clock leaps over it.
    [InlineData("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    // 02:30 comes twice in that night: the quiet of the first ends at the first, that of the second hour at the second.
    [InlineData("2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z")]
    public void An_end_in_the_hour_that_is_missing_or_comes_twice_is_reached_all_the_same(string now, string end)
    {
        Assert.Equal(Instant(end), new QuietHours(new TimeOnly(1, 0), new TimeOnly(2, 30)).EndsAt(Zone("Europe/Berlin"), Instant(now)));
    }

    [Fact]
    public void Quiet_ends_after_now_within_two_days_and_at_that_moment_it_is_over() =>
        Gen.Select(Gen.Int[0, 1_439], Gen.Int[0, 1_439], Gen.Int[0, 3 * 525_600], Gen.Int[0, Zones.Length - 1].Select(place => Zones[place]))
            .Where(drawn => drawn.Item1 != drawn.Item2)
            .Sample((from, to, minute, name) =>
            {
                var quiet = new QuietHours(new TimeOnly(from / 60, from % 60), new TimeOnly(to / 60, to % 60));
                var now = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);
                if (quiet.EndsAt(Zone(name), now) is not { } end)
                    return;

                Assert.InRange(end, now.AddTicks(1), now.AddHours(49));
                var clock = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(end, Zone(name)).DateTime);
                // Only the leap of a clock may end it at another time than the chosen one.
                Assert.True(clock == quiet.To || Zone(name).GetUtcOffset(end) != Zone(name).GetUtcOffset(end.AddMinutes(-1)));
            });

    [Theory]
    [InlineData(DigestRhythm.Off, null)]
    [InlineData(DigestRhythm.Hourly, "2026-11-22T10:15:00Z")]
    [InlineData(DigestRhythm.Daily, "2026-11-23T02:15:00Z")]
    public void A_digest_comes_at_the_next_full_hour_or_at_the_users_own_time(DigestRhythm rhythm, string? slot)
    {
        // Kathmandu is 5:45 ahead of UTC.
        Assert.Equal(
            slot is null ? null : Instant(slot),
            DigestSlot.Next(rhythm, new TimeOnly(8, 0), Zone("Asia/Kathmandu"), Instant("2026-11-22T09:20:00Z")));
    }

    private static TimeZoneInfo Zone(string name) => LocalTimes.FindZone(name)!;

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
