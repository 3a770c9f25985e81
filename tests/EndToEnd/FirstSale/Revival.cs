using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>Starts apps again whenever they die, as a host does, until it is disposed of.</summary>
internal sealed class Revival : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watches;

    private Revival(IEnumerable<ServiceProcess> apps) => _watches = Task.WhenAll(apps.Select(WatchAsync));

    public static Revival Of(params IReadOnlyList<ServiceProcess> apps) => new(apps);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watches;
        _over.Dispose();
    }

    private async Task WatchAsync(ServiceProcess app)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await app.WaitForExitAsync(_over.Token);
                await app.StartAsync(_over.Token);
            }
            catch (StackException) when (app.HasExited)
            {
                // Its next crash came before it was ready: once more.
            }
            catch (OperationCanceledException) when (_over.IsCancellationRequested)
            {
                // The watch is over.
            }
        }
    }
}
