using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>
/// Whether somebody else's service can be reached: a connection, opened and closed. The answer holds for some seconds, so that probes do not
/// weigh on a provider, and one that is away makes us degraded and never unready: others of our functions work without it.
/// </summary>
public sealed class ProviderHealth(string host, int port, TimeProvider time) : IHealthCheck
{
    internal const string Latency = "latency";

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private volatile Answer? last;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var answer = last is { } known && time.GetElapsedTime(known.At) < Remembered ? known : last = await AskAsync(cancellationToken);
        var data = new Dictionary<string, object> { [Latency] = answer.Took };
        return answer.IsReached ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded("It cannot be reached.", data: data);
    }

    private async Task<Answer> AskAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, patience.Token);
            return Answered(isReached: true);
        }
        catch (SocketException)
        {
            return Answered(isReached: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answered(isReached: false);
        }

        Answer Answered(bool isReached) => new(isReached, time.GetElapsedTime(started), time.GetTimestamp());
    }

    private sealed record Answer(bool IsReached, TimeSpan Took, long At);
}

/// <summary>Registers the providers an app depends on.</summary>
public static class ProviderHealthRegistration
{
    /// <param name="address">Where it is; only host and port count.</param>
    public static IServiceCollection AddProviderHealth(this IServiceCollection services, string name, Func<IServiceProvider, Uri> address)
    {
        // One for all probes: it remembers.
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var there = address(provider);
            return new ProviderHealth(there.Host, there.Port, provider.GetRequiredService<TimeProvider>());
        });
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => provider.GetRequiredKeyedService<ProviderHealth>(name), HealthStatus.Degraded, tags: null));
        return services;
    }
}
