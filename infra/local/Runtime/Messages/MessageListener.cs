using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Messages;

// Receives the messages of one function and runs it on them, one by one or in batches.
internal sealed class MessageListener(
    FunctionDescriptor function,
    ListenerOptions options,
    BrokerConnection connection,
    BackgroundInvoker invoker,
    CrashPoint crashPoint,
    ILogger logger)
{
    // The signal brings new messages at once; scheduled ones and those of lost locks are found by looking.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private const int MostPerTrip = 100;

    private readonly CallSlots slots = new(options.IsBatched ? 1 : options.MaxConcurrentCalls);
    private readonly Wake signal = connection.SignalOf(options.Path);

    // Ends when stopping asks for it and the running calls are over.
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandoned)
    {
        var isBusy = false;
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                var room = await slots.WaitForRoomAsync(isBusy, stopping);
                var wanted = options.IsBatched ? options.MaxBatchSize : Math.Min(room, MostPerTrip);
                // Not cancelled on the way: messages that arrive unread would stay locked until their time is over.
                var messages = await connection.Broker.ReceiveAsync(options.Path, wanted, CancellationToken.None);
                connection.Outage.Over();
                attempt = 0;
                isBusy = messages.Count == wanted;
                Dispatch(messages, abandoned);
                if (!isBusy)
                    await signal.WaitAsync(LookEvery, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (NpgsqlException failure)
            {
                await connection.Outage.WaitAsync(failure, attempt, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await slots.WaitForAllAsync();
    }

    private void Dispatch(IReadOnlyList<ReceivedMessage> messages, CancellationToken abandoned)
    {
        if (messages.Count == 0)
            return;

        if (options.IsBatched)
        {
            slots.Take(1);
            _ = Task.Run(() => RunBatchAsync(messages, abandoned), CancellationToken.None);
            return;
        }

        slots.Take(messages.Count);
        foreach (var message in messages)
        {
            connection.Locks.Hold(message);
            _ = Task.Run(() => RunOneAsync(message, abandoned), CancellationToken.None);
        }
    }

    private async Task RunOneAsync(ReceivedMessage message, CancellationToken abandoned)
    {
        var invocation = new Invocation(function, message, MessageBindings.Of(message)) { TraceParent = TraceOf(message) };
        var succeeded = await TryInvokeAsync(invocation, abandoned);
        connection.Locks.Release(message);
        Settle(message, succeeded);
        slots.Release();
    }

    // Locks of a batch are never renewed, as in the real host: a batch has to be done within the lock's time.
    private async Task RunBatchAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken abandoned)
    {
        var succeeded = await TryInvokeAsync(new Invocation(function, messages, MessageBindings.Of(messages)), abandoned);
        foreach (var message in messages)
            Settle(message, succeeded);
        slots.Release();
    }

    private async Task<bool> TryInvokeAsync(Invocation invocation, CancellationToken abandoned)
    {
        try
        {
            await invoker.InvokeAsync(invocation, abandoned);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The function {Function} failed on a message of {Entity}.", function.Name, options.Path);
            return false;
        }

        crashPoint.Pass(function.Name);
        return true;
    }

    private void Settle(ReceivedMessage message, bool succeeded)
    {
        if (succeeded)
            connection.Settler.Complete(message);
        else
            connection.Settler.Abandon(message);
    }

    // The real host continues the sender's trace from the property that Azure's client library writes.
    private static string? TraceOf(ReceivedMessage message) =>
        message.Properties.GetValueOrDefault("Diagnostic-Id") ?? message.Properties.GetValueOrDefault("traceparent");
}

internal sealed record ListenerOptions(string Path, bool IsBatched, int MaxConcurrentCalls, int MaxBatchSize);
