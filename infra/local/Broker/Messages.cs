namespace ServerlessBusiness.Broker;

public sealed record OutgoingMessage(string MessageId, string Subject, string Body)
{
    public string? CorrelationId { get; init; }

    public DateTimeOffset? ScheduledFor { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }
}

public sealed record ReceivedMessage(
    string EntityPath,
    long SequenceNumber,
    string MessageId,
    string Subject,
    string Body,
    string? CorrelationId,
    IReadOnlyDictionary<string, string> Properties,
    int DeliveryCount,
    DateTimeOffset EnqueuedAt,
    Guid LockToken,
    TimeSpan LockDuration,
    string? DeadLetterReason,
    string? DeadLetterDescription);

public sealed record BrokerQueue(string Name, TimeSpan LockDuration, int MaxDeliveryCount);

// A subscription of a topic; its path is "topic/name". No subjects means every subject.
public sealed record BrokerSubscription(
    string Topic, string Name, IReadOnlyList<string> Subjects, TimeSpan LockDuration, int MaxDeliveryCount);
