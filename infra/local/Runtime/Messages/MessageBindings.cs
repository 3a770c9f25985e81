using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// The binding data of a message or a batch, made when somebody asks for it. As in the real host every value is text: plain, or JSON.
internal sealed class MessageBindings(Func<IEnumerable<(string Key, string? Value)>> read) : BindingContext
{
    private Dictionary<string, object?>? data;

    public override IReadOnlyDictionary<string, object?> BindingData => data ??= Read();

    public static MessageBindings Of(ReceivedMessage message) => new(() =>
    [
        ("MessageId", message.MessageId),
        ("DeliveryCount", Text(message.DeliveryCount)),
        ("SequenceNumber", Text(message.SequenceNumber)),
        ("EnqueuedTimeUtc", Text(message.EnqueuedAt.UtcDateTime)),
        ("LockToken", message.LockToken.ToString()),
        ("CorrelationId", message.CorrelationId),
        ("Subject", message.Subject),
        ("ApplicationProperties", Text(Properties(message))),
    ]);

    public static MessageBindings Of(IReadOnlyList<ReceivedMessage> messages) => new(() =>
    [
        ("MessageIdArray", Text(messages.Select(message => message.MessageId))),
        ("DeliveryCountArray", Text(messages.Select(message => message.DeliveryCount))),
        ("SequenceNumberArray", Text(messages.Select(message => message.SequenceNumber))),
        ("EnqueuedTimeUtcArray", Text(messages.Select(message => message.EnqueuedAt.UtcDateTime))),
        ("LockTokenArray", Text(messages.Select(message => message.LockToken))),
        ("CorrelationIdArray", Text(messages.Select(message => message.CorrelationId))),
        ("SubjectArray", Text(messages.Select(message => message.Subject))),
        ("ApplicationPropertiesArray", Text(messages.Select(Properties))),
    ]);

    // A parameter beside the body, found by its name.
    public static object? Argument(ParameterInfo parameter, IReadOnlyDictionary<string, object?> data)
    {
        var type = parameter.ParameterType;
        if (data.TryGetValue(parameter.Name!, out var value) && value is string text)
            return type == typeof(string) ? text : JsonSerializer.Deserialize(text, type);
        if (parameter.HasDefaultValue)
            return parameter.DefaultValue;
        if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null)
            return null;

        throw new InvalidOperationException(
            $"The message has no '{parameter.Name}' for {parameter.Member.DeclaringType!.Name}.{parameter.Member.Name}.");
    }

    // Service Bus tells why a message is a dead letter in its application properties.
    private static IReadOnlyDictionary<string, string> Properties(ReceivedMessage message)
    {
        if (message.DeadLetterReason is null)
            return message.Properties;

        return new Dictionary<string, string>(message.Properties)
        {
            ["DeadLetterReason"] = message.DeadLetterReason,
            ["DeadLetterErrorDescription"] = message.DeadLetterDescription ?? "",
        };
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value);

    private Dictionary<string, object?> Read()
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in read())
            if (value is not null)
                values[key] = value;
        return values;
    }
}
