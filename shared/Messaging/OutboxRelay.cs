using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>
/// Moves committed messages from the outbox to the transport, nudged by each commit and swept every second.
/// A crash between sending and deleting sends a message twice under the same id; the broker and the inbox make that one.
/// </summary>
public sealed partial class OutboxRelay(Database database, IMessageTransport transport, OutboxSignal signal, ILogger<OutboxRelay> logger)
    : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(stoppingToken);
                failing = false;
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

    /// <summary>Sends everything that is committed now; returns how many messages left.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        int sent;
        do
        {
            sent = await SendBatchAsync(cancellationToken);
            total += sent;
        }
        while (sent == BatchSize);
        return total;
    }

    private async Task<int> SendBatchAsync(CancellationToken cancellationToken)
    {
        // Locked rows belong to another relay at work. Rows are deleted once the transport has them; the work's own tables are the history.
        const string take = """
            select id, destination, subject, body, available_at
            from outbox
            order by id
            limit @BatchSize
            for update skip locked
            """;
        await using var connection = database.OpenAcrossTenants();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var messages = (await connection.QueryAsync<OutboxMessage>(
            new CommandDefinition(take, new { BatchSize }, transaction, cancellationToken: cancellationToken))).AsList();
        if (messages.Count == 0)
            return 0;

        // One destination that refuses keeps its own messages back, not those of the others.
        var sent = new List<Guid>(messages.Count);
        Exception? refusal = null;
        foreach (var group in messages.GroupBy(message => message.Destination))
        {
            try
            {
                await transport.SendAsync(group.Key, [.. group], cancellationToken);
                sent.AddRange(group.Select(message => message.Id));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                refusal = exception;
            }
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "delete from outbox where id = any(@sent)", new { sent }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return refusal is null ? sent.Count : throw new InvalidOperationException("Some messages could not be sent.", refusal);
    }

    [LoggerMessage(LogLevel.Error, "Messages wait in the outbox: the relay could not send them and keeps trying.")]
    private partial void LogFailure(Exception exception);
}
