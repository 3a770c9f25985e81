using System.Net;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Tests.Unit.Users.Sessions;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "203.0.113.7", "Firefox, Windows, 203.0.113.7")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36", null, "Chrome, Android")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", null, "Safari, macOS")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0", "2001:db8::1", "Edge, Windows, 2001:db8::1")]
    [InlineData("Your account is locked, call +1 555 0100", "203.0.113.7", "203.0.113.7")]
    [InlineData(null, null, "?")]
    public void A_device_is_named_in_our_words_only(string? userAgent, string? address, string expected)
    {
        Assert.Equal(expected, DeviceName.Of(new SessionOrigin(address is null ? null : IPAddress.Parse(address), userAgent)));
    }
}
