using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The workflows of GitHub Actions, read as the runner reads them.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(Codebase.Root, ".github", "workflows")).Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_workflow_says_when_it_runs_what_it_may_and_for_how_long(string file)
    {
        var workflow = Read(file);

        Assert.True(workflow.Children.ContainsKey("on"));
        Assert.True(workflow.Children.ContainsKey("permissions"));
        Assert.All(Jobs(workflow), job =>
        {
            // A job is a workflow of ours that says all this itself, or steps on a machine.
            if (job.Value.Children.ContainsKey("uses"))
            {
                Assert.True(File.Exists(Path.Combine(Codebase.Root, Text(job.Value["uses"]))), job.Key);
                return;
            }

            Assert.True(job.Value.Children.ContainsKey("runs-on"), job.Key);
            Assert.True(job.Value.Children.ContainsKey("timeout-minutes"), job.Key);
            Assert.All(Steps(job.Value), step => Assert.Single(step.Children.Keys.Select(Text), key => key is "uses" or "run"));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_have_a_version_and_no_step_holds_a_secret(string file)
    {
        var uses = Jobs(Read(file)).SelectMany(job => Steps(job.Value)).Where(step => step.Children.ContainsKey("uses")).Select(step => Text(step["uses"])).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches(@"^[\w-]+/[\w-]+@v\d+$", action));
        Assert.DoesNotMatch(@"(?i)(password|secret|(?<!id-)token|key)\w*\s*[:=]\s*[""']?[^\s$""'{]", File.ReadAllText(PathOf(file)));
    }

    [Fact]
    public void A_deployment_expands_the_schema_before_it_publishes_the_code()
    {
        var jobs = Jobs(Read("deploy.yml")).ToDictionary();

        Assert.Equal("package", Text(jobs["infrastructure"]["needs"]));
        Assert.Equal("infrastructure", Text(jobs["migrate"]["needs"]));
        Assert.Equal("migrate", Text(jobs["publish"]["needs"]));
        Assert.All(Codebase.AppNames, app => Assert.Contains(app, Commands(jobs["package"]), StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_deployed_that_was_not_tested()
    {
        var jobs = Jobs(Read("deploy.yml")).ToDictionary();

        Assert.Equal("./.github/workflows/ci.yml", Text(jobs["verify"]["uses"]));
        Assert.Equal("verify", Text(jobs["package"]["needs"]));
        Assert.True(((YamlMappingNode)Read("ci.yml")["on"]).Children.ContainsKey("workflow_call"));
        Assert.All(jobs.Where(job => job.Key != "verify"), job => Assert.True(job.Value.Children.ContainsKey("needs"), job.Key));
    }

    [Theory]
    [InlineData("dev.bicepparam")]
    [InlineData("production.bicepparam")]
    public void A_deployment_gives_every_parameter_that_is_no_secret(string parameters)
    {
        var template = Steps(Jobs(Read("deploy.yml")).ToDictionary()["infrastructure"]).Single(step => step.Children.ContainsKey("run"));
        var given = ((YamlMappingNode)template["env"]).Children.Keys.Select(Text);
        var text = File.ReadAllText(Path.Combine(BicepCli.Infra, parameters));
        var asked = Asked().Matches(text[..text.IndexOf("param secrets", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains("BUDGET_START", asked);
        Assert.Equal(asked.Order(), given.Order());
    }

    [Fact]
    public void A_deployment_makes_the_tables_of_the_analytics_too()
    {
        var migrate = Commands(Jobs(Read("deploy.yml")).ToDictionary()["migrate"]);
        var told = File.ReadAllText(Path.Combine(Codebase.Root, "README.md"));
        var outputs = Deployment.Of("production").Outputs;

        Assert.All(
            ["CLICKHOUSE_HOST=", "CLICKHOUSE_PORT=", "CLICKHOUSE_USER=", "CLICKHOUSE_TLS=", "CLICKHOUSE_PASSWORD="],
            setting =>
            {
                Assert.Contains(setting, migrate, StringComparison.Ordinal);
                Assert.Contains(setting, told, StringComparison.Ordinal);
            });
        Assert.All(Output().Matches(migrate), match => Assert.Contains(match.Groups[1].Value, outputs.Select(output => output.Key)));
        Assert.Equal("true", outputs["clickHouse"]!["tls"]!.GetValue<string>());
        // Who migrates may read the one secret that takes.
        Assert.Contains(Deployment.Of("production").OfType("Microsoft.Authorization/roleAssignments"), right =>
            Deployment.Id(right).Contains("/secrets/CLICKHOUSE-PASSWORD/", StringComparison.Ordinal) && right["properties"]!["principalType"]!.GetValue<string>() == "Group");
    }

    [Fact]
    public void The_packages_of_an_earlier_deployment_can_be_published_again()
    {
        var workflow = Read("publish.yml");
        var job = Jobs(workflow).Single().Value;
        var download = Steps(job).First();

        Assert.Equal("./.github/workflows/publish.yml", Text(Jobs(Read("deploy.yml")).ToDictionary()["publish"]["uses"]));
        Assert.True(((YamlMappingNode)workflow["on"]).Children.ContainsKey("workflow_dispatch"));
        Assert.Equal("${{ inputs.run }}", Text(download["with"]["run-id"]));
        Assert.Equal("1", Text(job["strategy"]["max-parallel"]));
        Assert.Equal(Codebase.AppNames.Select(name => name.ToLowerInvariant()).Order(), ((YamlSequenceNode)job["strategy"]["matrix"]["app"]).Select(Text).Order());
    }

    [Fact]
    public void Everything_is_built_tested_and_linted_on_each_change()
    {
        var jobs = Jobs(Read("ci.yml")).ToDictionary();

        Assert.Contains("bash .ci/run", Commands(jobs["verify"]), StringComparison.Ordinal);
        Assert.Contains("Infrastructure", Commands(jobs["bicep"]), StringComparison.Ordinal);
    }

    private static YamlMappingNode Read(string file) => ContainerTests.Yaml(PathOf(file));

    private static string PathOf(string file) => Path.Combine(Codebase.Root, ".github", "workflows", file);

    private static IEnumerable<KeyValuePair<string, YamlMappingNode>> Jobs(YamlMappingNode workflow) =>
        ((YamlMappingNode)workflow["jobs"]).Children.Select(job => KeyValuePair.Create(Text(job.Key), (YamlMappingNode)job.Value));

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) =>
        job.Children.TryGetValue("steps", out var steps) ? ((YamlSequenceNode)steps).Cast<YamlMappingNode>() : [];

    private static string Commands(YamlMappingNode job) => string.Join('\n', Steps(job).Where(step => step.Children.ContainsKey("run")).Select(step => Text(step["run"])));

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex Asked();

    [GeneratedRegex(@"output (\w+)\.")]
    private static partial Regex Output();
}
