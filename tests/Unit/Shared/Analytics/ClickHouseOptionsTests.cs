using ClickHouse.Driver.ADO;
using ServerlessBusiness.Shared.Analytics;

namespace ServerlessBusiness.Tests.Unit.Shared.Analytics;

public sealed class ClickHouseOptionsTests
{
    [Fact]
    public void A_password_with_separators_survives_the_connection_string()
    {
        var options = new ClickHouseOptions { Host = "127.0.0.1", Port = 8042, User = "app", Password = "a;b='c\"=d" };
        var read = new ClickHouseConnectionStringBuilder(options.ConnectionString);
        Assert.Equal("a;b='c\"=d", read.Password);
        Assert.Equal(("127.0.0.1", 8042, "app", "ai_trading_analytics"), (read.Host, read.Port, read.Username, read.Database));
        Assert.False(read.UseCustomDecimals);
    }

    [Fact]
    public void Tls_is_a_setting() =>
        Assert.Equal("https", new ClickHouseConnectionStringBuilder(new ClickHouseOptions { Host = "ch", Tls = true }.ConnectionString).Protocol);
}
