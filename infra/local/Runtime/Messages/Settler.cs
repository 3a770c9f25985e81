using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// Settles what the functions have finished, many messages in one statement. Nobody waits for it: the calls are over.
internal sealed class Settler(LocalBroker broker, Outage outage, ILogger logger)
{
    private const int Most = 500;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private readonly Channel<(ReceivedMessage Message, bool IsDone)> waiting =
        Channel.CreateUnbounded<(ReceivedMessage, bool)>(new UnboundedChannelOptions { SingleReader = true });

    public void Complete(ReceivedMessage message) => waiting.Writer.TryWrite((message, true));

    public void Abandon(ReceivedMessage message) => waiting.Writer.TryWrite((message, false));

    // No more will come; RunAsync ends after the last.
    public void Finish() => waiting.Writer.TryComplete();

    public async Task RunAsync(CancellationToken abandoned)
    {
        var done = new List<ReceivedMessage>();
        var failed = new List<ReceivedMessage>();
        while (await waiting.Reader.WaitToReadAsync(abandoned))
        {
            await Task.Delay(Gathering, CancellationToken.None);
            while (done.Count + failed.Count < Most && waiting.Reader.TryRead(out var next))
                (next.IsDone ? done : failed).Add(next.Message);

            await SettleAsync(done, broker.CompleteAsync, abandoned);
            await SettleAsync(failed, broker.AbandonAsync, abandoned);
            done.Clear();
            failed.Clear();
        }
    }

    private async Task SettleAsync(
        List<ReceivedMessage> messages,
        Func<IReadOnlyList<ReceivedMessage>, CancellationToken, Task<int>> settle,
        CancellationToken abandoned)
    {
        for (var attempt = 0; messages.Count > 0; attempt++)
        {
            try
            {
                var settled = await settle(messages, abandoned);
                outage.Over();
                if (settled < messages.Count)
                    logger.LogWarning("The locks of {Count} messages had run out; they are delivered again.", messages.Count - settled);
                return;
            }
            catch (NpgsqlException failure)
            {
                await outage.WaitAsync(failure, attempt, abandoned);
            }
        }
    }
}
