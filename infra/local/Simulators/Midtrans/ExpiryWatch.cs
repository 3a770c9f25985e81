namespace ServerlessBusiness.Simulators.Midtrans;

// Looks at the clock again and again, because the stack may move it forward by a month without telling anybody.
sealed class ExpiryWatch : IAsyncDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    readonly PeriodicTimer _timer = new(Interval);
    readonly Task _watching;

    public ExpiryWatch(MidtransSimulator simulator) => _watching = WatchAsync(simulator);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    async Task WatchAsync(MidtransSimulator simulator)
    {
        while (await _timer.WaitForNextTickAsync())
            simulator.ExpireDue();
    }
}
