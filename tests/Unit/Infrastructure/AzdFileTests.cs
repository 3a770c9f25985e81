using YamlDotNet.RepresentationModel;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>What azd reads, against what there is.</summary>
public sealed class AzdFileTests
{
    private static readonly YamlMappingNode Project = ContainerTests.Yaml(Path.Combine(Codebase.Root, "azure.yaml"));

    [Fact]
    public void Every_app_is_published_to_the_resource_that_carries_its_name()
    {
        var services = ((YamlMappingNode)Project["services"]).Children.ToDictionary(service => Text(service.Key), service => Text(service.Value["project"]));
        var sites = Deployment.Of("dev").OfType("Microsoft.Web/sites").Select(site => site["tags"]!["azd-service-name"]!.GetValue<string>());

        Assert.Equal(sites.Order(), services.Keys.Order());
        Assert.All(services, service => Assert.Equal($"functions/{Codebase.AppNames.Single(app => app.Equals(service.Key, StringComparison.OrdinalIgnoreCase))}", service.Value));
    }

    [Fact]
    public void It_provisions_by_the_parameters_of_dev()
    {
        var infra = (YamlMappingNode)Project["infra"];

        Assert.Equal("infra", Text(infra["path"]));
        Assert.True(File.Exists(Path.Combine(BicepCli.Infra, $"{Text(infra["module"])}.bicepparam")));
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
