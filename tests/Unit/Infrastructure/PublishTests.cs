using System.Diagnostics;
using System.Text.Json.Nodes;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>What dotnet publish makes of an app, as far as that can be told without the packages of the real worker: its project, evaluated.</summary>
public sealed class PublishTests
{
    public static TheoryData<string> Apps => [.. Codebase.AppNames];

    [Theory]
    [MemberData(nameof(Apps))]
    public void What_is_published_is_for_the_real_host(string app)
    {
        // The command says by this property that it publishes.
        var project = Evaluate(app, "-p:_IsPublishing=true");

        Assert.Equal("azure", project["Properties"]!["FunctionsRuntime"]!.GetValue<string>());
        Assert.Contains("Microsoft.Azure.Functions.Worker.Sdk", Names(project, "PackageReference"));
        Assert.DoesNotContain(Names(project, "ProjectReference"), path => path.EndsWith("Runtime.csproj", StringComparison.Ordinal));
        Assert.Contains(project["Items"]!["None"]!.AsArray(), file =>
            file!["Link"]?.GetValue<string>() == "host.json" && file["CopyToPublishDirectory"]!.GetValue<string>() == "PreserveNewest");
    }

    [Fact]
    public void What_is_built_here_runs_on_our_own()
    {
        var project = Evaluate("Billing");

        Assert.Equal("local", project["Properties"]!["FunctionsRuntime"]!.GetValue<string>());
        Assert.DoesNotContain("Microsoft.Azure.Functions.Worker.Sdk", Names(project, "PackageReference"));
    }

    private static JsonNode Evaluate(string app, params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            "msbuild", Path.Combine(Codebase.Root, "functions", app, $"{app}.csproj"), "-nologo", "-getProperty:FunctionsRuntime", "-getProperty:OutputType",
            "-getItem:PackageReference", "-getItem:ProjectReference", "-getItem:None", .. properties,
        ]) { RedirectStandardOutput = true };
        // What runs the tests may have chosen a runtime for itself.
        start.Environment.Remove("FunctionsRuntime");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return JsonNode.Parse(output)!;
    }

    private static IEnumerable<string> Names(JsonNode project, string kind) => project["Items"]![kind]!.AsArray().Select(item => item!["Identity"]!.GetValue<string>());
}
