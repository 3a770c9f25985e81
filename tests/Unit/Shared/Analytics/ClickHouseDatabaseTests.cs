using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Analytics;

public sealed class ClickHouseDatabaseTests
{
    [Theory]
    [InlineData(159)]
    [InlineData(202)]
    [InlineData(241)]
    public async Task A_report_for_which_ClickHouse_has_no_time_no_place_or_no_memory_may_be_asked_for_again(int code)
    {
        await using var server = await FakeService.StartAsync();
        server.Answer = http =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync($"Code: {code}. DB::Exception: not now.");
        };
        using var database = Database(server);

        Assert.Equal("ANALYTICS_UNAVAILABLE", (await RefusalAsync(database)).Code);
    }

    [Fact]
    public async Task A_ClickHouse_that_hangs_is_not_waited_for_longer_than_a_report_may_take()
    {
        await using var server = await FakeService.StartAsync();
        server.Answer = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        using var database = Database(server, patience: TimeSpan.FromMilliseconds(100));

        Assert.Equal("ANALYTICS_UNAVAILABLE", (await RefusalAsync(database)).Code);
    }

    private static ClickHouseDatabase Database(FakeService server, TimeSpan? patience = null)
    {
        var address = new Uri(server.Address);
        return new ClickHouseDatabase(Options.Create(new ClickHouseOptions { Host = address.Host, Port = address.Port }))
        {
            Patience = patience ?? TimeSpan.FromSeconds(30),
        };
    }

    private static Task<ProblemException> RefusalAsync(ClickHouseDatabase database) => Assert.ThrowsAsync<ProblemException>(
        () => database.QueryAsync("select 1", new Dictionary<string, object>(), reader => reader.GetByte(0), CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(60)));
}
