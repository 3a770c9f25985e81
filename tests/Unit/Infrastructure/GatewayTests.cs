using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>Whom the gateway lets through, and by what it counts.</summary>
public sealed partial class GatewayTests
{
    public static TheoryData<string> Sizes => [.. BicepCli.Sizes];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_gateway_lets_through_without_a_token_what_the_code_lets_through(string size)
    {
        foreach (var service in Codebase.AppNames.Select(name => name.ToLowerInvariant()))
        {
            var policy = Policy(size, service);
            var expression = policy.Descendants("set-variable").Single(variable => variable.Attribute("name")!.Value == "isPublic").Attribute("value")!.Value;
            var open =
                from method in Codebase.HttpFunctions
                where method.GetCustomAttribute<AnonymousAttribute>() is not null
                let app = method.DeclaringType!.Assembly
                let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).First(trigger => trigger is not null)!
                where app == Codebase.Shared ? trigger.Route is "health/live" or "openapi.json" : app.GetName().Name!.ToLowerInvariant() == service
                from verb in trigger.Methods!
                select $"{verb.ToUpperInvariant()} /{RouteOf(trigger.Route!)}";

            var named = expression.Split('"').Where((_, index) => index % 2 == 1).Where(text => text.Contains('/')).ToHashSet();
            Assert.Equal(open.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
            Assert.NotEmpty(policy.Descendants("origin"));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Everything_else_needs_a_token_that_our_keys_have_signed(string size)
    {
        foreach (var service in Codebase.AppNames.Select(name => name.ToLowerInvariant()))
        {
            var guarded = Policy(size, service).Root!.Element("inbound")!.Element("choose")!.Element("when")!;
            var check = Assert.Single(guarded.Elements("validate-jwt"));

            Assert.Contains("isPublic", guarded.Attribute("condition")!.Value, StringComparison.Ordinal);
            Assert.EndsWith("/.well-known/openid-configuration", check.Element("openid-config")!.Attribute("url")!.Value);
            Assert.DoesNotContain("{", check.Element("openid-config")!.Attribute("url")!.Value);
            Assert.Equal(AccessTokenValidator.Issuer, check.Descendants("issuer").Single().Value);
            Assert.Equal(AccessTokenValidator.Audience, check.Descendants("audience").Single().Value);
        }
    }

    [Fact]
    public void A_tenant_cannot_be_locked_out_by_somebody_without_its_token()
    {
        foreach (var service in Codebase.AppNames.Select(name => name.ToLowerInvariant()))
        {
            var inbound = Policy("production", service).Root!.Element("inbound")!;
            var guarded = inbound.Element("choose")!.Element("when")!;
            var byAddress = Assert.Single(inbound.Elements("rate-limit-by-key"));
            var byTenant = Assert.Single(guarded.Elements("rate-limit-by-key"));

            Assert.Equal("@(\"address:\" + context.Request.IpAddress)", byAddress.Attribute("counter-key")!.Value);
            Assert.Contains(inbound.Element("choose")!, byAddress.ElementsAfterSelf());
            // By what was verified, and after it was.
            var token = guarded.Element("validate-jwt")!.Attribute("output-token-variable-name")!.Value;
            Assert.Contains($"Variables[\"{token}\"]).Claims.GetValueOrDefault(\"tenantId\"", byTenant.Attribute("counter-key")!.Value, StringComparison.Ordinal);
            Assert.Contains(guarded.Element("validate-jwt")!, byTenant.ElementsBeforeSelf());
            Assert.All(inbound.Descendants("rate-limit-by-key"), limit => Assert.DoesNotContain("Headers", limit.Attribute("counter-key")!.Value, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Where_the_gateway_cannot_count_by_key_the_apps_do()
    {
        Assert.All(Codebase.AppNames, app => Assert.Empty(Policy("dev", app.ToLowerInvariant()).Descendants("rate-limit-by-key")));
    }

    private static XDocument Policy(string size, string service) => XDocument.Parse(Deployment.Of(size).OfType("Microsoft.ApiManagement/service/apis/policies")
        .Single(one => Deployment.Name(one).Contains($"/{service}/", StringComparison.Ordinal))["properties"]!["value"]!.GetValue<string>());

    // The document knows names only.
    private static string RouteOf(string route) => Constraint().Replace(route, "{$1}");

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Constraint();
}
