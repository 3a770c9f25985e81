using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The questions of the alarms ask for what the code writes.</summary>
public sealed partial class AlertTests
{
    [Fact]
    public void A_log_line_that_an_alarm_waits_for_is_one_that_the_code_writes()
    {
        var sources = string.Concat(Codebase.Sources("functions", "shared").Select(source => source.Text));
        var lines = Questions().SelectMany(question => Line().Matches(question)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains($"\"{line}", sources, StringComparison.Ordinal));
    }

    [Fact]
    public void A_figure_that_an_alarm_waits_for_is_one_that_the_code_counts()
    {
        var sources = string.Concat(Codebase.Sources("functions", "shared").Select(source => source.Text));
        var figures = Questions().SelectMany(question => Figure().Matches(question)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(figures);
        Assert.All(figures, figure => Assert.Contains($"\"{figure}\"", sources, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Questions() => JsonNode.Parse(File.ReadAllText(Path.Combine(BicepCli.Infra, "alerts.json")))!.AsArray()
        .Select(alert => string.Join('\n', alert!["query"]!.AsArray().Select(line => line!.GetValue<string>())));

    [GeneratedRegex("Message startswith '([^']+)'")]
    private static partial Regex Line();

    [GeneratedRegex("Name == '([^']+)'")]
    private static partial Regex Figure();
}
