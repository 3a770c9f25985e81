using System.Net;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class ClientAddressTests
{
    private static readonly ClientAddress Addresses = new(Options.Create(new TrustedProxyOptions { Proxies = "127.0.0.1, 10.0.0.0/8, fd00::/8" }));

    [Theory]
    [InlineData("203.0.113.7", "198.51.100.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1")]
    [InlineData("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.1.2.3", "198.51.100.1")]
    [InlineData("127.0.0.1", "10.1.2.3", "10.1.2.3")]
    [InlineData("127.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("fd00::1", "2001:db8::1", "2001:db8::1")]
    [InlineData("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    public void The_caller_is_the_last_address_that_no_trusted_proxy_has(string peer, string forwarded, string caller) =>
        Assert.Equal(IPAddress.Parse(caller), Addresses.Of(IPAddress.Parse(peer), [forwarded]));

    [Fact]
    public void Several_headers_are_read_like_one() =>
        Assert.Equal(IPAddress.Parse("198.51.100.1"), Addresses.Of(IPAddress.Loopback, ["1.1.1.1, 198.51.100.1", "10.1.2.3"]));

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void A_caller_is_counted_by_address_or_by_the_64_of_IPv6(string address, string counted) =>
        Assert.Equal(counted, ClientAddress.Network(IPAddress.Parse(address)));
}
