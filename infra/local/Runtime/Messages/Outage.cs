using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Runtime.Messages;

// One log line when the broker cannot be reached and one when it is back, however many listeners notice.
internal sealed class Outage(ILogger logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private int isDown;

    // Waits before the next attempt, longer each time.
    public Task WaitAsync(Exception failure, int attempt, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isDown, 1) == 0)
            logger.LogWarning(failure, "The local broker cannot be reached; its listeners keep trying.");

        var delay = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(attempt, 10)));
        return Task.Delay(delay < Longest ? delay : Longest, cancellationToken);
    }

    public void Over()
    {
        if (Volatile.Read(ref isDown) == 1 && Interlocked.Exchange(ref isDown, 0) == 1)
            logger.LogInformation("The local broker answers again.");
    }
}
