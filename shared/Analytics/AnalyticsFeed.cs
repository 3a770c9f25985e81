using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>Sends what waits in the buffer, every second. While ClickHouse is away the rows stay where they are.</summary>
public sealed partial class AnalyticsFeed(EventBuffer buffer, ILogger<AnalyticsFeed> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await buffer.DrainAsync(stoppingToken);
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // One line per outage is enough.
                if (!failing)
                    LogFailure(exception);
                failing = true;
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Analytics are late: rows wait in PostgreSQL until ClickHouse takes them.")]
    private partial void LogFailure(Exception exception);
}
