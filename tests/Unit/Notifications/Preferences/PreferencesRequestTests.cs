using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Notifications.Preferences;

public sealed class PreferencesRequestTests
{
    [Theory]
    [InlineData("trading_alert", false, null)]
    [InlineData("payment_received", true, null)]
    [InlineData("payment_received", false, "NOTIFICATION_TYPE_MANDATORY")]
    [InlineData("newsletter", true, "UNKNOWN_NOTIFICATION_TYPE")]
    public void Kinds_that_are_unknown_or_mandatory_cannot_be_switched(string type, bool wanted, string? code)
    {
        var request = new PreferencesRequest { Locale = "en", Active = true, NotificationTypes = new Dictionary<string, bool> { [type] = wanted } };

        Assert.Equal(code, (Record.Exception(request.Check) as ProblemException)?.Code);
    }

    [Theory]
    [InlineData("trading_alert", "email", null)]
    [InlineData("trading_alert", "pigeon", "UNKNOWN_CHANNEL")]
    [InlineData("newsletter", "email", "UNKNOWN_NOTIFICATION_TYPE")]
    [InlineData("payment_received", "email", null)]
    [InlineData("verify_email", "email", "NOTIFICATION_TYPE_MANDATORY")]
    public void A_channel_can_be_switched_off_unless_it_is_the_only_one_of_what_must_be_told(string type, string channel, string? code)
    {
        var request = Request() with
        {
            Channels = new Dictionary<string, IReadOnlyDictionary<string, bool>> { [type] = new Dictionary<string, bool> { [channel] = false } },
        };

        Assert.Equal(code, (Record.Exception(request.Check) as ProblemException)?.Code);
    }

    [Fact]
    public void Channels_that_are_null_are_refused_by_their_name()
    {
        var request = Request() with { Channels = new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["trading_alert"] = null! } };

        var refusal = Assert.Throws<ProblemException>(request.Check);
        Assert.Equal(("NULL_MEMBER", 400), (refusal.Code, refusal.Status));
        Assert.Contains("'trading_alert'", refusal.Message);
    }

    [Theory]
    [InlineData("Asia/Jakarta", "22:00", "07:00", null)]
    [InlineData("Java/Bandung", "22:00", "07:00", "UNKNOWN_TIME_ZONE")]
    [InlineData(null, "22:00", "22:00", "INVALID_QUIET_HOURS")]
    public void The_zone_must_exist_and_quiet_hours_must_end(string? zone, string from, string to, string? code)
    {
        var request = Request() with { TimeZone = zone, QuietHours = new QuietHoursRequest { From = from, To = to } };

        Assert.Equal(code, (Record.Exception(request.Check) as ProblemException)?.Code);
    }

    private static PreferencesRequest Request() => new() { Locale = "en", Active = true };
}
