using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using ServerlessBusiness.Payments.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransOptionsTests
{
    private const string Real = "https://api.midtrans.com";
    private const string RealSnap = "https://app.midtrans.com";

    [Theory]
    [InlineData("SB-Mid-server-x", "SB-Mid-client-x", MidtransOptions.Sandbox, MidtransOptions.SnapSandbox, true)]
    [InlineData("Mid-server-x", "Mid-client-x", Real, RealSnap, true)]
    [InlineData("SB-Mid-server-x", "SB-Mid-client-x", Real, RealSnap, false)]
    [InlineData("Mid-server-x", "SB-Mid-client-x", Real, RealSnap, false)]
    [InlineData("Mid-server-x", "Mid-client-x", MidtransOptions.Sandbox, MidtransOptions.SnapSandbox, false)]
    [InlineData("Mid-server-x", "Mid-client-x", Real, MidtransOptions.SnapSandbox, false)]
    [InlineData("VT-server-x", "VT-client-x", Real, RealSnap, false)]
    [InlineData("Mid-server-x", "VT-client-x", Real, RealSnap, false)]
    [InlineData("VT-server-x", "VT-client-x", MidtransOptions.Sandbox, MidtransOptions.SnapSandbox, true)]
    [InlineData("any", "other", "http://127.0.0.1:8031", "http://127.0.0.1:8031", true)]
    public void A_key_of_the_sandbox_does_not_go_to_the_real_bank_nor_the_reverse(string server, string client, string api, string snap, bool fits)
    {
        var options = new MidtransOptions { ServerKey = server, ClientKey = client, ApiUrl = api, SnapUrl = snap };

        Assert.Equal(fits, !options.Validate(new(options)).Any());
    }

    [Theory]
    [InlineData("Production", "SB-Mid-server-x", false)]
    [InlineData("Production", "VT-server-x", false)]
    [InlineData("Production", "Mid-server-x", true)]
    [InlineData("Development", "SB-Mid-server-x", true)]
    public void Production_takes_no_key_of_the_sandbox(string environment, string key, bool starts)
    {
        var check = new MidtransEnvironmentCheck(new HostingEnvironment { EnvironmentName = environment });

        Assert.Equal(starts, check.Validate(null, new MidtransOptions { ServerKey = key, ClientKey = "Mid-client-x" }).Succeeded);
    }

    [Theory]
    [InlineData("SB-Mid-server-x", "SB-Mid-client-x", true)]
    [InlineData("a-made-up-key", "another", true)]
    [InlineData("SB-Mid-server-x", "SB-Mid-server-y", false)]
    [InlineData("VT-server-x", "vt-server-y", false)]
    [InlineData("one-key", "one-key", false)]
    [InlineData("SB-Mid-client-x", "SB-Mid-client-x", false)]
    [InlineData("SB-Mid-client-x", "SB-Mid-client-y", false)]
    [InlineData("Mid-server-x", "SB-Mid-client-x", false)]
    [InlineData("SB-Mid-server-x", "Mid-client-x", false)]
    public void A_server_key_in_the_place_of_the_client_key_would_be_published(string server, string client, bool fits)
    {
        var options = new MidtransOptions { ServerKey = server, ClientKey = client, ApiUrl = "http://127.0.0.1:8031", SnapUrl = "http://127.0.0.1:8031" };

        Assert.Equal(fits, !options.Validate(new(options)).Any());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("103.208.23.0/24, 103.127.16.5", true)]
    [InlineData("103.208.23.0/24,here", false)]
    public void Networks_are_read_or_named_as_wrong(string networks, bool right)
    {
        var options = new MidtransOptions { ServerKey = "a", ClientKey = "b", WebhookAddresses = networks };

        Assert.Equal(right, !options.Validate(new(options)).Any());
    }
}
