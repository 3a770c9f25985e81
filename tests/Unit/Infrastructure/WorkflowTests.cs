using YamlDotNet.RepresentationModel;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The workflows of GitHub Actions, read as the runner reads them.</summary>
public sealed class WorkflowTests
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
        Assert.DoesNotContain("password", File.ReadAllText(PathOf(file)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_deployment_expands_the_schema_before_it_publishes_the_code()
    {
        var jobs = Jobs(Read("deploy.yml")).ToDictionary();

        Assert.Equal("package", Text(jobs["infrastructure"]["needs"]));
        Assert.Equal("infrastructure", Text(jobs["migrate"]["needs"]));
        Assert.Equal("migrate", Text(jobs["publish"]["needs"]));
        Assert.Equal(Codebase.AppNames.Select(name => name.ToLowerInvariant()), ((YamlSequenceNode)jobs["publish"]["strategy"]["matrix"]["app"]).Select(Text));
        Assert.All(Codebase.AppNames, app => Assert.Contains(app, Commands(jobs["package"]), StringComparison.Ordinal));
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

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) => ((YamlSequenceNode)job["steps"]).Cast<YamlMappingNode>();

    private static string Commands(YamlMappingNode job) => string.Join('\n', Steps(job).Where(step => step.Children.ContainsKey("run")).Select(step => Text(step["run"])));

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
