using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>How the Bicep files are written.</summary>
public sealed partial class TemplateTests
{
    // Rights and diagnostics belong to the resource they are about.
    private static readonly string[] Attached = ["Microsoft.Authorization/roleAssignments"];

    [Fact]
    public void The_template_builds_without_a_warning()
    {
        var build = BicepCli.Run(BicepCli.Infra, "build", "main.bicep", "--stdout");

        Assert.Equal((0, ""), (build.ExitCode, build.Complaints));
        Assert.Empty(Undescribed(JsonNode.Parse(build.Output)!, "main"));
    }

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("dev.bicepparam")]
    [InlineData("production.bicepparam")]
    public void The_linter_finds_nothing(string file)
    {
        var lint = BicepCli.Run(BicepCli.Infra, "lint", file);

        Assert.Equal((0, "", ""), (lint.ExitCode, lint.Output, lint.Complaints));
    }

    [Fact]
    public void Every_module_is_used_and_ours()
    {
        var sources = Bicep().Select(file => File.ReadAllText(file)).ToList();
        var used = sources.SelectMany(text => ModulePath().Matches(text)).Select(match => Path.GetFileName(match.Groups[1].Value)).ToHashSet();

        Assert.Empty(Bicep().Select(file => Path.GetFileName(file)!).Except(used).Except(["main.bicep"]));
        Assert.DoesNotContain(used, path => path.Contains(':'));
    }

    [Fact]
    public void A_module_makes_one_kind_of_resource()
    {
        var offenders =
            from file in Bicep()
            where Path.GetFileName(file) != "main.bicep"
            let kinds = Made().Matches(File.ReadAllText(file)).Where(match => !match.Groups[2].Value.StartsWith("existing", StringComparison.Ordinal))
                .Select(match => string.Join('/', match.Groups[1].Value.Split('/').Take(2))).Except(Attached).Distinct()
            where kinds.Count() > 1
            select $"{Path.GetFileName(file)}: {string.Join(", ", kinds)}";

        Assert.Empty(offenders);
    }

    [Fact]
    public void No_file_holds_a_secret()
    {
        var offenders =
            from file in Directory.EnumerateFiles(BicepCli.Infra, "*", SearchOption.TopDirectoryOnly).Concat(Bicep())
            from line in File.ReadLines(file)
            where Secret().IsMatch(line)
            select $"{Path.GetFileName(file)}: {line.Trim()}";

        Assert.Empty(offenders);
    }

    private static IEnumerable<string> Bicep() => Directory.EnumerateFiles(BicepCli.Infra, "*.bicep", SearchOption.TopDirectoryOnly)
        .Concat(Directory.EnumerateFiles(Path.Combine(BicepCli.Infra, "modules"), "*.bicep"));

    // Parameters and outputs of the template and of the modules in it.
    private static IEnumerable<string> Undescribed(JsonNode template, string name)
    {
        foreach (var kind in new[] { "parameters", "outputs" })
            foreach (var (key, value) in template[kind]?.AsObject() ?? [])
                if (string.IsNullOrWhiteSpace(value!["metadata"]?["description"]?.GetValue<string>()))
                    yield return $"{name}: {key}";
        var resources = template["resources"] switch
        {
            JsonObject named => named.ToDictionary(resource => resource.Key, resource => resource.Value!),
            JsonArray listed => listed.Index().ToDictionary(resource => $"{resource.Index}", resource => resource.Item!),
            _ => [],
        };
        foreach (var (key, resource) in resources)
            if ((resource["properties"] as JsonObject)?["template"] is { } nested)
                foreach (var missing in Undescribed(nested, key))
                    yield return missing;
    }

    [GeneratedRegex(@"^module \w+ '([^']+)'", RegexOptions.Multiline)]
    private static partial Regex ModulePath();

    [GeneratedRegex(@"^resource \w+ '([^'@]+)@[^']+' (existing )?=", RegexOptions.Multiline)]
    private static partial Regex Made();

    // In the forms that keys have: part of a connection string, a certificate, a long mixture of letters and digits.
    [GeneratedRegex(@"AccountKey=|SharedAccessKey=|InstrumentationKey=|-----BEGIN|['""](?=[^'""]*[a-z])(?=[^'""]*\d)[A-Za-z0-9+/=_]{24,}['""]")]
    private static partial Regex Secret();
}
