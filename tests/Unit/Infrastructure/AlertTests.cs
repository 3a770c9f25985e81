using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The questions of the alarms ask for what the code writes.</summary>
public sealed partial class AlertTests
{
    [Fact]
    public void The_alarm_of_webhooks_sees_every_webhook_and_nothing_else()
    {
        var filter = WordInName().Match(Question("webhook-failures"));
        var seen = Requests().Where(name => Finds(filter.Groups[1].Value, filter.Groups[2].Value, name)).ToList();

        Assert.Contains("POST /v1/webhooks/midtrans", seen);
        Assert.Equal(Requests().Where(name => name.Contains("/webhook", StringComparison.Ordinal)).Order(), seen.Order());
    }

    [Fact]
    public void A_message_that_waits_raises_its_alarm_after_two_sweeps()
    {
        var question = Question("outbox-stuck");

        // One line of a log for an outage, however long, is no measure of it.
        Assert.DoesNotContain("AppTraces", question, StringComparison.Ordinal);
        Assert.Contains("Name == 'outbox.age'", question, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_an_alarm_waits_for_is_one_that_the_code_counts()
    {
        var sources = string.Concat(Codebase.Sources("functions", "shared").Select(source => source.Text));
        var figures = Questions().SelectMany(question => Figure().Matches(question)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(figures);
        Assert.All(figures, figure => Assert.Contains($"\"{figure}\"", sources, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Questions() => Alerts().Select(Text);

    private static string Question(string name) => Text(Alerts().Single(alert => alert!["name"]!.GetValue<string>() == name));

    private static JsonArray Alerts() => JsonNode.Parse(File.ReadAllText(Path.Combine(BicepCli.Infra, "alerts.json")))!.AsArray();

    private static string Text(JsonNode? alert) => string.Join('\n', alert!["query"]!.AsArray().Select(line => line!.GetValue<string>()));

    // As telemetry names them.
    private static IEnumerable<string> Requests() =>
        from method in Codebase.HttpFunctions
        let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).First(trigger => trigger is not null)!
        from verb in trigger.Methods!
        select $"{verb.ToUpperInvariant()} /{trigger.Route}";

    // As Kusto looks: has finds whole terms only.
    private static bool Finds(string way, string word, string name) => way switch
    {
        "has" => Term().Split(name).Contains(word, StringComparer.OrdinalIgnoreCase),
        "contains" => name.Contains(word, StringComparison.OrdinalIgnoreCase),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, "Teach the test this way of looking."),
    };

    [GeneratedRegex(@"Name (\w+) '(\w*webhook\w*)'")]
    private static partial Regex WordInName();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Term();

    [GeneratedRegex("Name == '([^']+)'")]
    private static partial Regex Figure();
}
