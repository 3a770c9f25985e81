using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Tests.Unit.Architecture;

public sealed partial class SettingsTests
{
    [Fact]
    public void The_sample_shows_every_setting_that_an_app_reads()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Codebase.Root, "local.settings.sample.json")));
        var shown = sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).ToHashSet();
        var bound =
            from assembly in Codebase.Apps.Append(Codebase.Shared)
            from type in assembly.GetTypes()
            from property in type.GetProperties()
            let key = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()
            where key is not null
            select key.Name;
        var scheduled = Codebase.Sources("functions", "shared").SelectMany(source => Schedule().Matches(source.Text)).Select(match => match.Groups[1].Value);

        Assert.Empty(bound.Concat(scheduled).Except(shown));
    }

    [GeneratedRegex("TimerTrigger\\(\"%(\\w+)%\"")]
    private static partial Regex Schedule();
}
