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

        // One destination that refuses keeps its own messages back, not those of the others: while it rests, theirs fill the batches.
        var sent = new List<Guid>(messages.Count);
        Exception? refusal = null;
        foreach (var group in messages.GroupBy(message => message.Destination))
        {
            try
            {
                await transport.SendAsync(group.Key, [.. group], cancellationToken);
                sent.AddRange(group.Select(message => message.Id));
                resting.Works(group.Key);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                refusal = exception;
                resting.Refuses(group.Key);
            }
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "delete from outbox where id = any(@sent)", new { sent }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return (messages.Count, sent.Count, refusal);
    }

    [LoggerMessage(LogLevel.Error, "Messages wait in the outbox: the relay could not send them and keeps trying.")]
    private partial void LogFailure(Exception exception);
}
