using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>
/// The provider's part of what is committed here. It is not cut off when its caller has left or waits no longer: what the provider answers late is
/// kept all the same, and a provider that hangs is noticed by the breaker.
/// </summary>
public sealed partial class CommittedWork(ILogger<CommittedWork> logger)
{
    /// <summary>Billing waits for 30 seconds, and so do we for the provider: it is to hear before that what is known.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <returns>What came of it; null when it goes on.</returns>
    public async Task<T?> RunAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken) where T : class
    {
        var running = work(CancellationToken.None);
        await ((Task)running).WaitAsync(patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsCompleted)
            return await running;

        _ = LogEndAsync(running);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    private async Task LogEndAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.Exception is { } failure)
            LogFailure(failure);
    }

    [LoggerMessage(LogLevel.Error, "What went on without its caller has failed; the reconciliation finishes it.")]
    private partial void LogFailure(Exception exception);
}
