using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>
/// Learns the keys of access tokens twice a minute. A new one is published a day before it signs, so that nobody meets it unknown; only one
/// that had to sign at once, after a change of JWT_SECRET, is not known everywhere for half a minute.
/// </summary>
internal sealed partial class PublishedKeysRefresh(
    IPublishedKeySource source, PublishedKeys keys, TimeProvider time, ILogger<PublishedKeysRefresh> logger) : BackgroundService
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UntilTheFirst = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (next, wait, failing) = (DateTimeOffset.MinValue, UntilTheFirst, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            // By the time of day: on a laptop months may pass at once, and keys with them.
            if (time.GetUtcNow() >= next)
            {
                try
                {
                    var published = await source.ReadAsync(stoppingToken);
                    // Before Users has made its first key there is nothing to learn, and the next look finds it.
                    if (published.Count > 0)
                    {
                        keys.Learn(published);
                        (next, wait) = (time.GetUtcNow() + Fresh, BetweenLooks);
                    }

                    failing = false;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // Keys that were good go on being used; one line per outage is enough.
                    if (!failing)
                        LogUnreachable(exception);
                    failing = true;
                }
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of access tokens could not be read.")]
    private partial void LogUnreachable(Exception exception);
}
