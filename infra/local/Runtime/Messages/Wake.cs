namespace ServerlessBusiness.Runtime.Messages;

// A signal that remembers being raised, once, until somebody waits for it.
internal sealed class Wake
{
    private readonly SemaphoreSlim raised = new(0);

    public void Raise()
    {
        lock (raised)
        {
            if (raised.CurrentCount == 0)
                raised.Release();
        }
    }

    // Returns at the signal, or without it after the given time.
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => raised.WaitAsync(atMost, cancellationToken);
}
