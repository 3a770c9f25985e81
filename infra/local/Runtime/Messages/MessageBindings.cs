using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// The binding data of a message or a batch. As in the real host every value is text: plain, or JSON.
internal sealed class MessageBindings : BindingContext
{
    private readonly Dictionary<string, object?> data = new(StringComparer.OrdinalIgnoreCase);

    private MessageBindings()
    {
    }

    public override IReadOnlyDictionary<string, object?> BindingData => data;

    public static MessageBindings Of(ReceivedMessage message)
    {
        var bindings = new MessageBindings();
        bindings.Add("MessageId", message.MessageId);
        bindings.Add("DeliveryCount", Text(message.DeliveryCount));
        bindings.Add("SequenceNumber", Text(message.SequenceNumber));
        bindings.Add("EnqueuedTimeUtc", Text(message.EnqueuedAt.UtcDateTime));
        bindings.Add("LockToken", message.LockToken.ToString());
        bindings.Add("CorrelationId", message.CorrelationId);
        bindings.Add("Subject", message.Subject);
        bindings.Add("ApplicationProperties", Text(Properties(message)));
        return bindings;
    }

    public static MessageBindings Of(IReadOnlyList<ReceivedMessage> messages)
    {
        var bindings = new MessageBindings();
        bindings.Add("MessageIdArray", Text(messages.Select(message => message.MessageId)));
        bindings.Add("DeliveryCountArray", Text(messages.Select(message => message.DeliveryCount)));
        bindings.Add("SequenceNumberArray", Text(messages.Select(message => message.SequenceNumber)));
        bindings.Add("EnqueuedTimeUtcArray", Text(messages.Select(message => message.EnqueuedAt.UtcDateTime)));
        bindings.Add("LockTokenArray", Text(messages.Select(message => message.LockToken)));
        bindings.Add("CorrelationIdArray", Text(messages.Select(message => message.CorrelationId)));
        bindings.Add("SubjectArray", Text(messages.Select(message => message.Subject)));
        bindings.Add("ApplicationPropertiesArray", Text(messages.Select(Properties)));
        return bindings;
    }

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

    private void Add(string key, string? value)
    {
        if (value is not null)
            data[key] = value;
    }
}
