using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>What the real Functions host reads before it starts a worker; everything that can be told without it.</summary>
public sealed class HostFileTests
{
    private static readonly JsonNode Host = JsonNode.Parse(File.ReadAllText(Path.Combine(Codebase.Root, "host.json")))!;

    [Fact]
    public void The_host_file_is_of_version_2_with_routes_of_ours()
    {
        Assert.Equal("2.0", Host["version"]!.GetValue<string>());
        Assert.Equal("", Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>());
        Assert.Equal("OpenTelemetry", Host["telemetryMode"]!.GetValue<string>());
        Assert.Equal(0, Host["extensions"]!["serviceBus"]!["prefetchCount"]!.GetValue<int>());
        Assert.True(Host["extensions"]!["serviceBus"]!["autoCompleteMessages"]!.GetValue<bool>());
    }

    [Fact]
    public void An_isolated_worker_brings_its_extensions_as_packages_and_names_no_bundle()
    {
        Assert.Null(Host["extensionBundle"]);

        var packages = XDocument.Load(Path.Combine(Codebase.Root, "functions", "Directory.Build.props")).Descendants("PackageReference")
            .Select(package => package.Attribute("Include")!.Value).ToList();
        var triggers = Codebase.Functions.SelectMany(method => method.GetParameters()).SelectMany(parameter => parameter.GetCustomAttributes())
            .Select(attribute => attribute.GetType().Name).Where(name => name.EndsWith("TriggerAttribute", StringComparison.Ordinal)).Distinct().ToList();
        Dictionary<string, string> brought = new()
        {
            ["HttpTriggerAttribute"] = "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore",
            ["TimerTriggerAttribute"] = "Microsoft.Azure.Functions.Worker.Extensions.Timer",
            ["ServiceBusTriggerAttribute"] = "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus",
        };
        Assert.Equal(3, triggers.Count);
        Assert.All(triggers, trigger => Assert.Contains(brought[trigger], packages));
        Assert.Contains("Microsoft.Azure.Functions.Worker.Sdk", packages);
    }

    [Fact]
    public void A_function_has_one_trigger_and_a_name_that_the_host_takes()
    {
        Assert.All(Codebase.Functions, method =>
        {
            Assert.Single(method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes()), attribute => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal));
            Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,126}$", method.GetCustomAttribute<FunctionAttribute>()!.Name);
        });
    }

    [Fact]
    public void The_sample_of_settings_starts_an_isolated_worker_with_a_storage_emulator()
    {
        var sample = JsonNode.Parse(File.ReadAllText(Path.Combine(Codebase.Root, "local.settings.sample.json")))!;

        Assert.False(sample["IsEncrypted"]!.GetValue<bool>());
        Assert.Equal("dotnet-isolated", sample["Values"]!["FUNCTIONS_WORKER_RUNTIME"]!.GetValue<string>());
        Assert.Equal("UseDevelopmentStorage=true", sample["Values"]!["AzureWebJobsStorage"]!.GetValue<string>());
        Assert.All(sample["Values"]!.AsObject(), value => Assert.Equal(System.Text.Json.JsonValueKind.String, value.Value!.GetValueKind()));
    }

    [Fact]
    public void An_app_may_hold_more_messages_at_a_time_than_the_host_file_says()
    {
        // The host reads AzureFunctionsJobHost__extensions__… over host.json; Telegram's limit is waited for, not computed.
        Assert.All(BicepCli.Sizes, size => Assert.Equal(
            "128", Deployment.Of(size).SettingsOf("notifications")["AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls"]));
    }
}
