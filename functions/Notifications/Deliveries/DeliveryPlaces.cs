using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// How many notifications of a queue are at work in this process, however many its messages carry: more than stand in the lines of all bots, and
/// not so many that who is urgent waits behind them for a connection to the database, or the mail server is asked for hundreds.
/// </summary>
public sealed class DeliveryPlaces
{
    private const int PerQueue = 256;

    private readonly IReadOnlyDictionary<Priority, SemaphoreSlim> free = Priorities.All.ToDictionary(queue => queue, _ => new SemaphoreSlim(PerQueue));

    /// <summary>Does the work once there is a place. Who waits for one has claimed nothing.</summary>
    public async Task RunAsync(Priority queue, Func<Task> work, CancellationToken cancellationToken)
    {
        await free[queue].WaitAsync(cancellationToken);
        try
        {
            await work();
        }
        finally
        {
            free[queue].Release();
        }
    }
}
