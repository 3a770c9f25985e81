using System.Text.RegularExpressions;
using ServerlessBusiness.Shared.Migrations;

namespace ServerlessBusiness.Tests.Unit.Shared.Analytics;

public sealed partial class ClickHouseScriptTests
{
    private static readonly IReadOnlyList<(string Name, string Text)> Scripts =
    [
        .. typeof(ClickHouseMigrations).Assembly.GetManifestResourceNames()
            .Where(name => name.Contains(".clickhouse.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name[(name.IndexOf(".clickhouse.", StringComparison.Ordinal) + ".clickhouse.".Length)..], Read(name))),
    ];

    [Fact]
    public void Scripts_are_numbered_without_a_gap() => Assert.Equal(
        Enumerable.Range(1, Scripts.Count), Scripts.Select(script => int.Parse(Number().Match(script.Name).Groups[1].Value)));

    [Fact]
    public void Each_script_is_one_statement_that_may_run_twice() => Assert.All(Scripts, script =>
    {
        Assert.DoesNotContain(';', script.Text);
        Assert.Contains("if not exists", script.Text, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("0001_usage_analytics.sql", "timestamp user_id tenant_id subscription_id feature_name usage_count request_duration_ms response_size_bytes success error_code")]
    [InlineData("0002_subscription_metrics.sql", "date tenant_id tier_name total_subscriptions new_subscriptions cancelled_subscriptions revenue_usd")]
    public void The_owners_columns_are_there_in_order(string name, string columns)
    {
        var text = Scripts.Single(script => script.Name == name).Text;
        Assert.Equal(columns.Split(' '), Column().Matches(text).Select(match => match.Groups[1].Value));
    }

    // Before anything is asked: nobody listens there.
    [Fact]
    public async Task A_database_that_cannot_have_its_name_is_refused_by_the_setting()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ClickHouseMigrations.RunAsync("Host=127.0.0.1;Port=1;Database=ai-trading", CancellationToken.None));

        Assert.Contains("CLICKHOUSE_DB", refusal.Message, StringComparison.Ordinal);
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(ClickHouseMigrations).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(\d{4})_[a-z_]+\.sql$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^    ([a-z_]+) [A-Z]", RegexOptions.Multiline)]
    private static partial Regex Column();
}
