using System.Threading.Channels;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Wakes the relay when a notice was stored that nobody processes at once; any number of calls are one wake-up.</summary>
public sealed class NoticeSignal
{
    private readonly Channel<bool> channel =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Notify() => channel.Writer.TryWrite(true);

    /// <summary>Returns at the next notification or when <paramref name="sweep"/> has passed, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan sweep, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(sweep);
        try
        {
            await channel.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The sweep is due: also what another process left behind is found.
        }
    }
}
