using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>
/// Moves committed messages from the outbox to the transport, nudged by each commit and swept every second.
/// A crash between sending and deleting sends a message twice under the same id; the broker and the inbox make that one.
/// </summary>
public sealed partial class OutboxRelay(
    Database database, IMessageTransport transport, OutboxSignal signal, TimeProvider time, ILogger<OutboxRelay> logger) : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    // The rows are locked meanwhile. What was taken after all is sent again under the same id.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly RestingDestinations resting = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(stoppingToken);
                failing = failing && resting.Any;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The rows are still there and the next sweep tries again; one line per outage is enough.
                if (!failing)
                    LogFailure(exception);
                failing = true;
            }

            await signal.WaitAsync(Sweep, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends everything that is committed now and whose destination does not rest; returns how many messages left.</summary>
    /// <exception cref="InvalidOperationException">A destination refused; everything else was sent all the same.</exception>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        Exception? refusal = null;
        int taken;
        do
        {
            (taken, var sent, var refused) = await SendBatchAsync(cancellationToken);
            total += sent;
            refusal ??= refused;
        }
        while (taken == BatchSize);
        return refusal is null ? total : throw new InvalidOperationException("Some messages could not be sent.", refusal);
    }

    private async Task<(int Taken, int Sent, Exception? Refusal)> SendBatchAsync(CancellationToken cancellationToken)
    {
        // Locked rows belong to another relay at work. Rows are deleted once the transport has them; the work's own tables are the history.
        const string take = """
            select id, destination, subject, body, available_at
            from outbox
            where destination <> all(@resting)
            order by id
            limit @BatchSize
            for update skip locked
            """;
        await using var connection = database.OpenAcrossTenants();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var messages = (await connection.QueryAsync<OutboxMessage>(
            new CommandDefinition(take, new { BatchSize, resting = resting.Now() }, transaction, cancellationToken: cancellationToken))).AsList();
        if (messages.Count == 0)
            return (0, 0, null);

        var groups = await Task.WhenAll(
            messages.GroupBy(message => message.Destination).Select(group => HandOverAsync(group.Key, [.. group], cancellationToken)));
        var sent = groups.Where(group => group.Refusal is null).SelectMany(group => group.Messages).Select(message => message.Id).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from outbox where id = any(@sent)", new { sent }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return (messages.Count, sent.Count, groups.FirstOrDefault(group => group.Refusal is not null).Refusal);
    }

    // A destination that refuses or does not answer keeps its own messages back, not those of the others: while it rests, theirs fill
    // the batches.
    private async Task<(IReadOnlyList<OutboxMessage> Messages, Exception? Refusal)> HandOverAsync(
        string destination, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await transport.SendAsync(destination, messages, either.Token);
            resting.Works(destination);
            return (messages, null);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            resting.DoesNotAnswer(destination, Longest);
            return (messages, new TimeoutException($"{destination} did not take its messages within {Longest.TotalSeconds} seconds.", exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            resting.Refuses(destination);
            return (messages, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Messages wait in the outbox: the relay could not send them and keeps trying.")]
    private partial void LogFailure(Exception exception);
}
