using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Runtime.Messages;
using ServerlessBusiness.Runtime.Timers;

namespace ServerlessBusiness.Runtime.Hosting;

// Starts timers and listeners with the app and lets what runs finish at its end.
internal sealed class TriggerService(TimerService timers, MessageService messages) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource abandoned = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timers.Start(stopping.Token, abandoned.Token);
        messages.Start(stopping.Token, abandoned.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        // The functions' own token is cancelled only when the host's patience is over.
        await using var patience = cancellationToken.Register(abandoned.Cancel);
        await Task.WhenAll(timers.DrainAsync(), messages.DrainAsync()).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        stopping.Dispose();
        abandoned.Dispose();
    }
}
