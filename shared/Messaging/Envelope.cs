using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>What travels: whose fact it is, which contract, the trace it belongs to and the fact itself.</summary>
public sealed record Envelope(Guid Id, string Type, TenantId TenantId, DateTimeOffset OccurredAt, string? TraceParent, JsonElement Data)
{
    // A consumer ignores members it does not know: contracts grow by addition.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly IReadOnlyDictionary<string, Type> Contracts = typeof(BusinessEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(BusinessEvent)))
        .ToDictionary(type => type.Name);

    public static Envelope Of(BusinessEvent fact, TenantId tenant, DateTimeOffset occurredAt, string? traceParent) =>
        new(Guid.CreateVersion7(occurredAt), fact.Subject, tenant, occurredAt, traceParent, JsonSerializer.SerializeToElement(fact, fact.GetType(), Json));

    /// <exception cref="JsonException">The text is not an envelope.</exception>
    public static Envelope Parse(string text) => JsonSerializer.Deserialize<Envelope>(text, Json) ?? throw new JsonException("The message is empty.");

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The fact. One of a contract that this code does not know was sent to it all the same: whoever hears it must not say that it is done.</summary>
    /// <exception cref="NotSupportedException">The contract is newer than this code; the message waits, at last among the dead letters, for the code that knows it.</exception>
    /// <exception cref="JsonException">The data are not those of the contract.</exception>
    public BusinessEvent Fact() => Contracts.TryGetValue(Type, out var contract)
        ? (BusinessEvent?)Data.Deserialize(contract, Json) ?? throw new JsonException($"The message {Type} holds no fact.")
        : throw new NotSupportedException($"The contract {Type} is newer than this code: publish the consumer, then send the message again.");
}
