namespace ServerlessBusiness.Shared.Messaging;

/// <summary>The way out of the outbox: Service Bus in Azure, the PostgreSQL broker locally. Sending the same message id twice is one message.</summary>
public interface IMessageTransport
{
    /// <summary>Hands messages of one destination over; when it returns they are durable there.</summary>
    Task SendAsync(string destination, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);

    /// <summary>Returns when it answers; sends nothing.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>A row of the outbox, ready to leave.</summary>
public sealed record OutboxMessage(Guid Id, string Destination, string Subject, string Body, DateTimeOffset AvailableAt);
