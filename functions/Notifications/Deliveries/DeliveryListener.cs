using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>One function per queue, as Service Bus knows no priority: a full queue of low ones keeps nobody else waiting.</summary>
public sealed class DeliveryListener(SendNotification send, DeliveryPlaces places)
{
    [Function("DeliverCritical")]
    public Task DeliverCritical(
        [ServiceBusTrigger(Topology.CriticalNotifications, Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        DeliverAsync(Priority.Critical, body, cancellationToken);

    [Function("DeliverHigh")]
    public Task DeliverHigh(
        [ServiceBusTrigger(Topology.HighNotifications, Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        DeliverAsync(Priority.High, body, cancellationToken);

    [Function("DeliverMedium")]
    public Task DeliverMedium(
        [ServiceBusTrigger(Topology.MediumNotifications, Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        DeliverAsync(Priority.Medium, body, cancellationToken);

    [Function("DeliverLow")]
    public Task DeliverLow(
        [ServiceBusTrigger(Topology.LowNotifications, Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        DeliverAsync(Priority.Low, body, cancellationToken);

    private async Task DeliverAsync(Priority queue, string body, CancellationToken cancellationToken)
    {
        var message = Envelope.Parse(body);
        using var activity = MessageActivity.StartConsumer(message.Type, message.TraceParent);
        if (message.Fact() is not NotificationRequested requested)
            throw new InvalidOperationException($"A queue of notifications carries ids only, this is a {message.Type}.");
        Guid[] ids = [requested.NotificationId, .. requested.Others ?? []];
        // Should one fail, the message comes back, and finds the others done.
        await Task.WhenAll(ids.Select(
            id => places.RunAsync(queue, () => send.RunAsync(message.TenantId, id, cancellationToken), cancellationToken)));
    }
}
