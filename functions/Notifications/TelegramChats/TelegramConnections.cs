using System.Diagnostics;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>
/// Connections to Telegram. One that cannot be made in time has carried nothing, and is told as one that failed; the handler below tells it as a
/// call that was broken off, of which nobody knows what it has done.
/// </summary>
internal sealed class TelegramConnections(TimeSpan limit) : DelegatingHandler(Below(limit))
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        // The caller has broken off nothing, so it was the limit on connecting.
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No connection to Telegram could be made in time.", exception);
        }
    }

    private static SocketsHttpHandler Below(TimeSpan limit) => new()
    {
        ConnectTimeout = limit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(3),
        // The ids of our traces are nobody's business there.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    };
}
