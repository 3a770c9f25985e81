using System.Globalization;
using ClickHouse.Driver;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>In a table of its own: the others would carry a hundred months more for everybody.</summary>
public sealed class ClickHouseLinesTests(StackFixture stack)
{
    [Fact]
    public async Task Lines_of_ten_years_are_taken_at_once()
    {
        var engine = stack.Engines.ClickHouse!;
        var table = $"lines_{Guid.NewGuid():N}";
        using var server = new ClickHouseClient(engine.ConnectionString("default"));
        await server.ExecuteNonQueryAsync($"create table {table} (date Date) engine = MergeTree partition by toYYYYMM(date) order by date");
        try
        {
            using var database = new ClickHouseDatabase(Options.Create(new ClickHouseOptions
            {
                Host = "127.0.0.1", Port = engine.Port, User = ClickHouseEngine.User, Password = engine.Password, Database = "default",
            }));
            var months = Enumerable.Range(0, 120).Select(month => $"[\"{new DateOnly(2010, 1, 1).AddMonths(month):yyyy-MM-dd}\"]");
            await database.InsertLinesAsync(
                new AnalyticsTarget(table, ["date"]), string.Join('\n', months), deduplicationToken: null, CancellationToken.None);

            Assert.Equal(120L, Convert.ToInt64(await server.ExecuteScalarAsync($"select count() from {table}"), CultureInfo.InvariantCulture));
        }
        finally
        {
            await server.ExecuteNonQueryAsync($"drop table {table}");
        }
    }
}
