using System.Net;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class WebhookGateTests
{
    private static readonly IPAddress Somewhere = IPAddress.Parse("198.51.100.7");
    private static readonly TenantId Shop = TenantId.Parse("shop");

    [Fact]
    public void Without_a_secret_and_networks_everybody_may_come() => Gate(new MidtransOptions()).Check(null, null, Somewhere);

    [Fact]
    public void With_a_secret_each_address_has_a_token_of_its_own()
    {
        var options = new MidtransOptions { WebhookSecret = "secret" };
        var own = TokenOf(options, Shop);

        Gate(options).Check(null, "secret", Somewhere);
        Gate(options).Check(Shop, own, Somewhere);
        Assert.Equal("INVALID_WEBHOOK_TOKEN", Refusal(options, null, own));
        Assert.Equal("INVALID_WEBHOOK_TOKEN", Refusal(options, Shop, "secret"));
        Assert.Equal("INVALID_WEBHOOK_TOKEN", Refusal(options, TenantId.Parse("other"), own));
        Assert.Equal("INVALID_WEBHOOK_TOKEN", Refusal(options, null, null));
    }

    [Fact]
    public void With_networks_only_they_may_come()
    {
        var options = new MidtransOptions { WebhookAddresses = "103.208.23.0/24, 198.51.100.8" };

        Gate(options).Check(null, null, IPAddress.Parse("103.208.23.77"));
        Gate(options).Check(null, null, IPAddress.Parse("198.51.100.8"));
        Assert.Equal("ADDRESS_NOT_ALLOWED", Refusal(options, null, null));
        Assert.Throws<ProblemException>(() => Gate(options).Check(null, null, null));
    }

    private static string TokenOf(MidtransOptions options, TenantId tenant) => WebhookGate.QueryOf(options, tenant)["?token=".Length..];

    private static string Refusal(MidtransOptions options, TenantId? tenant, string? token)
    {
        var problem = Assert.Throws<ProblemException>(() => Gate(options).Check(tenant, token, Somewhere));
        Assert.Equal(400, problem.Status);
        return problem.Code;
    }

    private static WebhookGate Gate(MidtransOptions options) => new(Options.Create(options));
}
