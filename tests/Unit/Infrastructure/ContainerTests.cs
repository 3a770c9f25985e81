using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The containers, read as files: what compose starts, what the stack looks for there, and how an app's image is built.</summary>
public sealed partial class ContainerTests
{
    private static readonly string Local = Path.Combine(BicepCli.Infra, "local");

    [Fact]
    public void Compose_starts_the_engines_of_the_stack_and_the_emulator()
    {
        Assert.Equal(
            ["azurite", "clickhouse", "postgres", "redis", "servicebus", "servicebus-sql"],
            Services().Children.Keys.Select(name => ((YamlScalarNode)name).Value!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_port_is_of_this_machine_only()
    {
        var ports = Services().Children.Values.SelectMany(service => Texts(service, "ports")).ToList();

        Assert.True(ports.Count >= 8);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port));
    }

    [Theory]
    [InlineData("postgres", "POSTGRES_PORT")]
    [InlineData("redis", "REDIS_PORT")]
    [InlineData("clickhouse", "CLICKHOUSE_PORT")]
    public void The_stack_looks_for_the_containers_where_they_are(string service, string setting)
    {
        Assert.Contains($"127.0.0.1:{ContainerSettings()[setting]}:{ContainerSettings()[setting]}", Texts(Services()[service], "ports"));
    }

    [Fact]
    public void PostgreSQL_is_of_one_version_in_the_tests_the_containers_and_Azure()
    {
        var packages = JsonNode.Parse(File.ReadAllText(Path.Combine(Local, "Engines", "package.json")))!["optionalDependencies"]!.AsObject();
        var tested = packages.Where(package => package.Key.StartsWith("@embedded-postgres/", StringComparison.Ordinal))
            .Select(package => package.Value!.GetValue<string>().Split('.')[0]).Distinct().ToList();

        var version = Assert.Single(tested);
        Assert.Equal($"postgres:{version}", Text(Services()["postgres"]["image"]));
        Assert.All(BicepCli.Sizes, size => Assert.Equal(
            version, Deployment.Of(size).Single("Microsoft.DBforPostgreSQL/flexibleServers")["properties"]!["version"]!.GetValue<string>()));
    }

    [Fact]
    public void The_stack_knows_the_passwords_of_the_containers()
    {
        var settings = ContainerSettings();

        Assert.Equal(settings["POSTGRES_PASSWORD"], Text(Services()["postgres"]["environment"]["POSTGRES_PASSWORD"]));
        Assert.Equal(settings["CLICKHOUSE_PASSWORD"], Text(Services()["clickhouse"]["environment"]["CLICKHOUSE_PASSWORD"]));
        Assert.Contains(settings["REDIS_PASSWORD"], Texts(Services()["redis"], "command"));
    }

    [Fact]
    public void The_emulator_makes_what_the_template_makes()
    {
        var mounted = Texts(Services()["servicebus"], "volumes").Single().Split(':')[0];
        var emulator = JsonNode.Parse(File.ReadAllText(Path.Combine(Local, mounted)))!["UserConfig"]!["Namespaces"]!.AsArray().Single()!;
        var template = Deployment.Of("production");

        Assert.Equal(OfTemplate("queues"), emulator["Queues"]!.AsArray().Select(Name).Order());
        var topic = emulator["Topics"]!.AsArray().Single()!;
        Assert.Equal(OfTemplate("topics"), [Name(topic)]);
        Assert.Equal(OfTemplate("topics/subscriptions"), topic["Subscriptions"]!.AsArray().Select(Name).Order());
        Assert.All(topic["Subscriptions"]!.AsArray(), subscription => Assert.Equal(
            template.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules").Where(rule => Deployment.Name(rule).Contains($"/{Name(subscription)}/"))
                .Select(rule => rule["properties"]!["correlationFilter"]!["label"]!.GetValue<string>()).Order(),
            subscription!["Rules"]!.AsArray().Select(rule => rule!["Properties"]!["CorrelationFilter"]!["Label"]!.GetValue<string>()).Order()));
        Assert.All(
            emulator["Queues"]!.AsArray().Concat(topic["Subscriptions"]!.AsArray()),
            entity => Assert.Equal(("PT30S", 10), (entity!["Properties"]!["LockDuration"]!.GetValue<string>(), entity["Properties"]!["MaxDeliveryCount"]!.GetValue<int>())));

        IEnumerable<string> OfTemplate(string kind) =>
            template.OfType($"Microsoft.ServiceBus/namespaces/{kind}").Select(entity => Deployment.Name(entity).Split('/')[^1]).Order();

        static string Name(JsonNode? entity) => entity!["Name"]!.GetValue<string>();
    }

    [Fact]
    public void The_image_of_an_app_is_built_from_what_its_project_needs()
    {
        var lines = File.ReadAllText(Path.Combine(BicepCli.Infra, "Dockerfile")).Replace("\\\n", " ").Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        var copied = lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1]).ToList();

        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Codebase.Root, path)), path));
        // All that the projects reference for the real host lies in it.
        var references = Directory.EnumerateFiles(Path.Combine(Codebase.Root, "functions"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Reference().Matches(File.ReadAllText(project)).Select(match => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, match.Groups[1].Value))));
        Assert.All(references, reference => Assert.Contains(Path.GetRelativePath(Codebase.Root, reference).Split('/')[0], copied));
        Assert.Contains("ARG APP", lines);
        Assert.Contains("functions/$APP/$APP.csproj", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_runs_as_nobody_special_and_tells_its_health()
    {
        var final = File.ReadAllText(Path.Combine(BicepCli.Infra, "Dockerfile")).Split("\nFROM ")[^1];

        Assert.StartsWith("mcr.microsoft.com/azure-functions/dotnet-isolated:4-", final);
        Assert.Matches(@"(?m)^USER [1-9]\d*$", final);
        Assert.Contains("/health/live", final[final.IndexOf("HEALTHCHECK", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS=http://+:8080", final, StringComparison.Ordinal);
    }

    private static YamlMappingNode Services() => (YamlMappingNode)Yaml(Path.Combine(Local, "compose.yaml"))["services"];

    internal static YamlMappingNode Yaml(string file)
    {
        using var text = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(text);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static Dictionary<string, string> ContainerSettings() => File.ReadLines(Path.Combine(Local, "containers.env"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static IEnumerable<string> Texts(YamlNode service, string key) =>
        ((YamlMappingNode)service).Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Select(Text) : [];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex("ProjectReference Include=\"([^\"$*]+)\"")]
    private static partial Regex Reference();
}
