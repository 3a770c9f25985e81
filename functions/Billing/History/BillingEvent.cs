using System.Text.Json;

namespace ServerlessBusiness.Billing.History;

/// <summary>A line of <c>billing_history</c>.</summary>
public sealed record BillingEvent(Guid Id, Guid UserId, string EventType, string EventData, DateTimeOffset CreatedAt);

/// <param name="Data">What there is to say about it, by its type; amounts in their own currency.</param>
public sealed record BillingEventView(Guid Id, Guid UserId, string Type, JsonElement Data, DateTimeOffset At)
{
    public static BillingEventView Of(BillingEvent line) => new(line.Id, line.UserId, line.EventType, JsonElement.Parse(line.EventData), line.CreatedAt);
}
