using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Processes stored notices that were left: nudged after a burst, swept every few seconds for what a crash or an outage left.</summary>
public sealed partial class NoticeRelay(
    NoticeStore notices, ProcessNotice process, NoticeSignal signal, TimeProvider time, ILogger<NoticeRelay> logger) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(3);

    // Those who bring new ones come first.
    private const int SideBySide = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await DrainAsync(stoppingToken) == AtOnce)
                {
                    // There may be more.
                }

                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The rows are still there and the next sweep tries again; one line per outage is enough.
                if (!failing)
                    LogOutage(exception);
                failing = true;
            }

            await signal.WaitAsync(Sweep, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var due = await notices.TakeDueAcrossTenantsAsync(time.GetUtcNow(), AtOnce, cancellationToken);
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, sideBySide, ProcessAsync);
        return due.Count;
    }

    private async ValueTask ProcessAsync(StoredNotice notice, CancellationToken cancellationToken)
    {
        try
        {
            await process.RunAsync(notice, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next try is set already; the others behind it must not wait for that.
            LogFailure(exception, notice.PaymentId);
        }
    }

    [LoggerMessage(LogLevel.Error, "Stored notices cannot be processed now.")]
    private partial void LogOutage(Exception exception);

    [LoggerMessage(LogLevel.Error, "The stored notice of payment {PaymentId} could not be processed.")]
    private partial void LogFailure(Exception exception, Guid paymentId);
}
