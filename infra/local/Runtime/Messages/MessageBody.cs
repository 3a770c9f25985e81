using System.Text;
using System.Text.Json;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// A message's body as the type that the function takes.
internal static class MessageBody
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    public static object? To(string body, Type type)
    {
        if (type == typeof(string))
            return body;
        if (type == typeof(byte[]))
            return Encoding.UTF8.GetBytes(body);

        return JsonSerializer.Deserialize(body, type, Json);
    }

    public static Array ToArray(IReadOnlyList<ReceivedMessage> messages, Type type)
    {
        var element = type.GetElementType() ?? throw new InvalidOperationException($"A batch binds to an array, not to {type.Name}.");
        var bodies = Array.CreateInstance(element, messages.Count);
        for (var index = 0; index < messages.Count; index++)
            bodies.SetValue(To(messages[index].Body, element), index);

        return bodies;
    }
}
