using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Unit.Shared.Hosting;

public sealed class ProviderHealthTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task One_that_is_away_makes_us_degraded_and_is_found_again()
    {
        using var listener = Listen(0);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var health = new ProviderHealth("127.0.0.1", port, time);
        Assert.Equal(HealthStatus.Healthy, await AskAsync(health));

        listener.Stop();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HealthStatus.Degraded, await AskAsync(health));

        using var again = Listen(port);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HealthStatus.Healthy, await AskAsync(health));
    }

    [Fact]
    public async Task Probes_within_some_seconds_connect_once()
    {
        using var listener = Listen(0);
        var health = new ProviderHealth("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, time);
        await AskAsync(health);
        (await listener.AcceptTcpClientAsync()).Dispose();

        for (var probe = 0; probe < 9; probe++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HealthStatus.Healthy, await AskAsync(health));
        }

        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_away() =>
        Assert.Equal(HealthStatus.Degraded, await AskAsync(new ProviderHealth("nobody.invalid", 443, time)));

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private static async Task<HealthStatus> AskAsync(ProviderHealth health) =>
        (await health.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None)).Status;
}
