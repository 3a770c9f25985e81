using Npgsql;
using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class SettlePatienceTests
{
    [Theory]
    [InlineData("57P01", 1, 0, 0.1)]
    [InlineData("57P03", 3, 1, 0.4)]
    [InlineData("08006", 8, 10, 2.0)]
    [InlineData("40P01", 500, 179, 2.0)]
    [InlineData("57P03", 500, 180, null)]
    [InlineData("22001", 1, 0, null)]
    public void A_database_that_is_away_is_asked_again_for_three_minutes_and_what_it_refuses_never(
        string sqlState, int tries, int elapsed, double? seconds)
    {
        var failure = new PostgresException("refused", "FATAL", "FATAL", sqlState);

        Assert.Equal(seconds, SettlePatience.Pause(failure, tries, TimeSpan.FromSeconds(elapsed))?.TotalSeconds);
    }

    [Fact]
    public void A_connection_that_broke_is_a_database_that_is_away()
    {
        Assert.NotNull(SettlePatience.Pause(new NpgsqlException("gone", new IOException()), tries: 1, TimeSpan.Zero));
        Assert.Null(SettlePatience.Pause(new InvalidOperationException(), tries: 1, TimeSpan.Zero));
    }
}
