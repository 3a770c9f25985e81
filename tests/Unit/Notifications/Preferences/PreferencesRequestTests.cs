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

        Assert.Equal(code, (Record.Exception(request.CheckTypes) as ProblemException)?.Code);
    }
}
