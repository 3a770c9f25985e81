using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>What a deployment of one size would make: the compiler evaluates the whole template, modules and loops included.</summary>
internal sealed class Deployment
{
    private static readonly ConcurrentDictionary<string, Lazy<Deployment>> Known = new();

    private Deployment(JsonNode snapshot)
    {
        Resources = [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!)];
        Outputs = snapshot["outputs"]!.AsObject();
    }

    public IReadOnlyList<JsonNode> Resources { get; }

    public JsonObject Outputs { get; }

    public static Deployment Of(string size) => Known.GetOrAdd(size, _ => new Lazy<Deployment>(() => Predict(size))).Value;

    public IEnumerable<JsonNode> OfType(string type) => Resources.Where(resource => resource["type"]!.GetValue<string>() == type);

    public JsonNode Single(string type) => OfType(type).Single();

    /// <summary>The settings of an app by its service's key.</summary>
    public IReadOnlyDictionary<string, string> SettingsOf(string app) =>
        OfType("Microsoft.Web/sites/config").Single(config => Name(config).Contains($"-{app}-", StringComparison.Ordinal))["properties"]!.AsObject()
            .ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>());

    public static string Name(JsonNode resource) => resource["name"]!.GetValue<string>();

    public static string Id(JsonNode resource) => resource["id"]!.GetValue<string>();

    // The compiler writes its prediction beside the parameters, so it is given a copy of the template.
    private static Deployment Predict(string size)
    {
        var copy = Directory.CreateTempSubdirectory("bicep-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(BicepCli.Infra).Concat(Directory.EnumerateFiles(Path.Combine(BicepCli.Infra, "modules")))
                .Concat(Directory.EnumerateFiles(Path.Combine(BicepCli.Infra, "openapi"))))
            {
                var target = Path.Combine(copy.FullName, Path.GetRelativePath(BicepCli.Infra, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            var run = BicepCli.Run(copy.FullName, "snapshot", $"{size}.bicepparam", "--mode", "overwrite",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--resource-group", "rg", "--location", "southeastasia");
            Assert.True(run.ExitCode == 0, run.Output + run.Complaints);
            return new Deployment(JsonNode.Parse(File.ReadAllText(Path.Combine(copy.FullName, $"{size}.snapshot.json")))!);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
