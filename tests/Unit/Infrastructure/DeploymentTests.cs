using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using System.Reflection;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>What the two sizes make, resource by resource.</summary>
public sealed class DeploymentTests
{
    // The door, and two services that take telemetry from known identities only.
    private static readonly string[] Public = ["Microsoft.ApiManagement/service", "Microsoft.Insights/components", "Microsoft.OperationalInsights/workspaces"];

    public static TheoryData<string> Sizes => [.. BicepCli.Sizes];

    [Fact]
    public void Production_is_reached_through_the_gateway_only()
    {
        string[] closed =
        [
            "Microsoft.Web/sites", "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.ServiceBus/namespaces", "Microsoft.Cache/redisEnterprise",
        ];
        var production = Deployment.Of("production");

        Assert.Equal(closed.Length + 8, closed.Sum(type => production.OfType(type).Count()));
        Assert.Empty(closed.SelectMany(production.OfType).Where(resource => Access(resource) != "Disabled").Select(Deployment.Name));
        Assert.Equal("Disabled", production.Single("Microsoft.DBforPostgreSQL/flexibleServers")["properties"]!["network"]!["publicNetworkAccess"]!.GetValue<string>());
        Assert.Empty(production.OfType("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"));
        // Whatever else can be open says so here.
        Assert.Empty(production.Resources.Where(resource => Access(resource) == "Enabled" && !Public.Contains(Type(resource))).Select(Deployment.Name));
    }

    [Fact]
    public void Everything_private_has_an_address_in_the_network_and_a_name_for_it()
    {
        var production = Deployment.Of("production");
        var reached = production.OfType("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!["privateLinkServiceId"]!.GetValue<string>()).ToHashSet();

        var hidden = production.Resources.Where(resource => Access(resource) == "Disabled" || resource["properties"]?["network"]?["publicNetworkAccess"] is not null);
        Assert.Empty(hidden.Select(Deployment.Id).Except(reached));
        Assert.Equal(production.OfType("Microsoft.Network/privateEndpoints").Count(), production.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
        Assert.All(production.OfType("Microsoft.Web/sites"), app => Assert.EndsWith("/subnets/apps", app["properties"]!["virtualNetworkSubnetId"]!.GetValue<string>()));
    }

    [Fact]
    public void Production_survives_the_loss_of_a_zone()
    {
        var production = Deployment.Of("production");

        Assert.All(production.OfType("Microsoft.Web/serverfarms"), plan => Assert.True(plan["properties"]!["zoneRedundant"]!.GetValue<bool>()));
        Assert.All(production.OfType("Microsoft.Storage/storageAccounts"), account => Assert.Equal("Standard_ZRS", account["sku"]!["name"]!.GetValue<string>()));
        Assert.Equal("Premium", production.Single("Microsoft.ServiceBus/namespaces")["sku"]!["name"]!.GetValue<string>());
        Assert.Equal("ZoneRedundant", production.Single("Microsoft.DBforPostgreSQL/flexibleServers")["properties"]!["highAvailability"]!["mode"]!.GetValue<string>());
        Assert.Equal("Enabled", production.Single("Microsoft.Cache/redisEnterprise")["properties"]!["highAvailability"]!.GetValue<string>());
        Assert.Equal(3, production.Single("Microsoft.ApiManagement/service")["zones"]!.AsArray().Count);
        Assert.Equal("StandardV2", production.Single("Microsoft.Network/natGateways")["sku"]!["name"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Identities_replace_keys_wherever_they_can(string size)
    {
        var deployment = Deployment.Of(size);

        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts"), account => Assert.False(account["properties"]!["allowSharedKeyAccess"]!.GetValue<bool>()));
        Assert.True(deployment.Single("Microsoft.ServiceBus/namespaces")["properties"]!["disableLocalAuth"]!.GetValue<bool>());
        Assert.True(deployment.Single("Microsoft.Insights/components")["properties"]!["DisableLocalAuth"]!.GetValue<bool>());
        Assert.Equal("Disabled", deployment.Single("Microsoft.DBforPostgreSQL/flexibleServers")["properties"]!["authConfig"]!["passwordAuth"]!.GetValue<string>());
        Assert.Equal("Disabled", deployment.Single("Microsoft.Cache/redisEnterprise/databases")["properties"]!["accessKeysAuthentication"]!.GetValue<string>());
        Assert.Equal(5, deployment.OfType("Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments").Count());
        Assert.True(deployment.Single("Microsoft.KeyVault/vaults")["properties"]!["enableRbacAuthorization"]!.GetValue<bool>());
        Assert.Equal(10, deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count(policy => !policy["properties"]!["allow"]!.GetValue<bool>()));
        Assert.All(deployment.OfType("Microsoft.Web/sites"), app => Assert.Equal(
            "UserAssignedIdentity", app["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!["authentication"]!["type"]!.GetValue<string>()));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_right_is_a_narrow_one_on_a_single_resource(string size)
    {
        string[] narrow =
        [
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // the host's storage
            "090c5cfd-751d-490a-894a-3ce6f1109419", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39", // owner of an entity, sender to the topic
            "4633458b-17de-408a-b874-0445c86b69e6", "3913510d-42f4-4e42-8a64-420c390055eb", // reader of a secret, publisher of metrics
        ];
        var rights = Deployment.Of(size).OfType("Microsoft.Authorization/roleAssignments").ToList();

        Assert.All(rights, right =>
        {
            Assert.Contains(right["properties"]!["roleDefinitionId"]!.GetValue<string>().Split('/')[^1], narrow);
            // Of a resource, not of a group of them.
            Assert.True(Deployment.Id(right).Split("/providers/").Length >= 3, Deployment.Id(right));
        });
        // The identities of timers are roles of the database and nothing else.
        Assert.DoesNotContain(rights, right => right["properties"]!["principalId"]!.GetValue<string>().Contains("-jobs-id'", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nobody_but_the_app_may_do_anything_in_its_storage(string size)
    {
        var deployment = Deployment.Of(size);
        var rights = deployment.OfType("Microsoft.Authorization/roleAssignments").ToList();
        foreach (var app in Codebase.AppNames.Select(name => name.ToLowerInvariant()))
        {
            var settings = deployment.SettingsOf(app);
            var account = settings["AzureWebJobsStorage__accountName"];
            var own = rights.Where(right => Deployment.Id(right).Contains($"/storageAccounts/{account}/", StringComparison.Ordinal)).ToList();

            Assert.Equal(3, own.Count);
            Assert.All(own, right => Assert.Contains($"-{app}-id'", right["properties"]!["principalId"]!.GetValue<string>(), StringComparison.Ordinal));
            Assert.Contains(deployment.OfType("Microsoft.Web/sites"), site => site["tags"]!["service"]!.GetValue<string>() == app
                && site["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!["value"]!.GetValue<string>().Contains($"'{account}'", StringComparison.Ordinal));
            Assert.Equal(app == "billing", deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers")
                .Any(container => Deployment.Name(container) == $"{account}/default/documents"));
            if (app == "billing")
                Assert.Contains($"'{account}'", settings["DOCUMENT_STORAGE"], StringComparison.Ordinal);
        }

        Assert.Equal(5, deployment.OfType("Microsoft.Storage/storageAccounts").Count());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void No_output_tells_a_secret(string size)
    {
        var text = Deployment.Of(size).Outputs.ToJsonString();

        Assert.DoesNotContain("listKeys", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ConnectionString", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("databaseRoles", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void An_app_runs_on_Flex_Consumption_with_dotnet_10(string size)
    {
        var deployment = Deployment.Of(size);

        Assert.All(deployment.OfType("Microsoft.Web/serverfarms"), plan => Assert.Equal("FC1", plan["sku"]!["name"]!.GetValue<string>()));
        Assert.Equal(5, deployment.OfType("Microsoft.Web/sites").Count());
        Assert.All(deployment.OfType("Microsoft.Web/sites"), app =>
        {
            var config = app["properties"]!["functionAppConfig"]!;
            Assert.Equal(("dotnet-isolated", "10.0"), (config["runtime"]!["name"]!.GetValue<string>(), config["runtime"]!["version"]!.GetValue<string>()));
            Assert.InRange(config["scaleAndConcurrency"]!["maximumInstanceCount"]!.GetValue<int>(), 1, 1000);
            Assert.Equal("RollingUpdate", config["siteUpdateStrategy"]!["type"]!.GetValue<string>());
            Assert.True(app["properties"]!["httpsOnly"]!.GetValue<bool>());
        });
    }

    [Fact]
    public void The_database_takes_the_connections_of_all_instances_there_may_be()
    {
        // What a server of this size takes, by Microsoft's table; a few of them it keeps for itself.
        var production = Deployment.Of("production");
        Assert.Equal("Standard_D8ds_v5", production.Single("Microsoft.DBforPostgreSQL/flexibleServers")["sku"]!["name"]!.GetValue<string>());
        const int taken = 3437 - 15;

        var wanted = production.OfType("Microsoft.Web/sites").Sum(app =>
        {
            var pool = int.Parse(production.SettingsOf(app["tags"]!["service"]!.GetValue<string>())["POSTGRES_POOL_SIZE"], CultureInfo.InvariantCulture);
            // As the code divides them: the app's role, and the jobs' with a quarter of it.
            return app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["maximumInstanceCount"]!.GetValue<int>() * (pool + Math.Max(4, pool / 4));
        });
        Assert.InRange(wanted, 1, taken);
    }

    [Fact]
    public void All_instances_there_may_be_fit_into_what_a_subscription_has_in_a_region()
    {
        var sizes = Deployment.Of("production").OfType("Microsoft.Web/sites").ToDictionary(
            app => app["tags"]!["service"]!.GetValue<string>(),
            app => app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!);

        // Passwords are the work of processors; a processor comes with 2 GB, and 250 are the quota.
        Assert.Equal(4096, sizes["users"]["instanceMemoryMB"]!.GetValue<int>());
        Assert.InRange(sizes.Values.Sum(size => size["instanceMemoryMB"]!.GetValue<int>() / 2048.0 * size["maximumInstanceCount"]!.GetValue<int>()), 1, 250);
    }

    [Fact]
    public void What_production_calls_in_the_internet_sees_addresses_that_stay()
    {
        var production = Deployment.Of("production");
        var subnets = production.Single("Microsoft.Network/virtualNetworks")["properties"]!["subnets"]!.AsArray();
        var gateway = production.Single("Microsoft.Network/natGateways");
        var prefix = production.Single("Microsoft.Network/publicIPPrefixes");

        // What another module makes is known by the name of that module.
        Assert.Contains("'egressAddresses-", gateway["properties"]!["publicIpPrefixes"]!.AsArray().Single()!["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(3, prefix["zones"]!.AsArray().Count);
        Assert.Equal(["apps", "runners"], subnets.Where(subnet => subnet!["properties"]!["natGateway"] is { } way
            && way["id"]!.GetValue<string>().Contains("'natGateway-", StringComparison.Ordinal)).Select(subnet => subnet!["name"]!.GetValue<string>()).Order());
        Assert.Contains("egressAddresses", production.Outputs.Select(output => output.Key));
        Assert.Empty(Deployment.Of("dev").OfType("Microsoft.Network/natGateways"));
    }

    [Fact]
    public void Instances_that_are_always_ready_are_those_of_the_webhooks_and_of_the_critical_queue()
    {
        var ready = Deployment.Of("production").OfType("Microsoft.Web/sites").ToDictionary(
            app => app["tags"]!["service"]!.GetValue<string>(),
            app => app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["alwaysReady"]!.AsArray().Select(group => group!["name"]!.GetValue<string>()).ToArray());

        // Plans that span zones take no fewer than two.
        Assert.All(Deployment.Of("production").OfType("Microsoft.Web/sites").SelectMany(
            app => app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["alwaysReady"]!.AsArray()), group => Assert.Equal(2, group!["instanceCount"]!.GetValue<int>()));
        Assert.Equal(["http"], ready["payments"]);
        Assert.Equal(["http", "function:DeliverCritical"], ready["notifications"]);
        Assert.Contains(Codebase.Functions, method => method.GetCustomAttribute<FunctionAttribute>()!.Name == "DeliverCritical");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Alarms_reach_somebody_and_a_month_has_a_budget(string size)
    {
        var deployment = Deployment.Of(size);
        var rules = deployment.OfType("Microsoft.Insights/scheduledQueryRules").Concat(deployment.OfType("Microsoft.Insights/metricAlerts")).ToList();

        string[] wanted = ["critical-queue-age", "dead-letters", "server-errors", "slow-answers", "billing-run-parked", "webhook-failures"];
        Assert.All(wanted, name => Assert.Contains(rules, rule => Deployment.Name(rule).EndsWith(name, StringComparison.Ordinal)));
        Assert.All(rules, rule => Assert.Contains("actionGroup", rule["properties"]!["actions"]!.ToJsonString(), StringComparison.OrdinalIgnoreCase));
        // Azure takes no budget that began before the month in which it is made: the day is told by who makes it.
        Assert.Equal(BicepCli.BudgetStart, deployment.Single("Microsoft.Consumption/budgets")["properties"]!["timePeriod"]!["startDate"]!.GetValue<string>());
    }

    private static string? Access(JsonNode resource) => resource["properties"]?["publicNetworkAccess"]?.GetValue<string>();

    private static string Type(JsonNode resource) => resource["type"]!.GetValue<string>();
}
