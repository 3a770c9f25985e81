using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Sends to the broker in PostgreSQL that stands in for Service Bus on a developer's machine.</summary>
internal sealed class LocalTransport(LocalBroker broker, TimeProvider time) : IMessageTransport
{
    public Task SendAsync(string destination, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return broker.SendAsync(
            destination,
            [.. messages.Select(message => new OutgoingMessage(message.Id.ToString(), message.Subject, message.Body)
            {
                ScheduledFor = message.AvailableAt > now ? message.AvailableAt : null,
            })],
            cancellationToken);
    }
}

internal static class Transport
{
    private const string BrokerRole = "local_broker";

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var address = configuration[Topology.Connection]
            ?? throw new InvalidOperationException($"{Topology.Connection} is missing: it is the connection string of the local broker's role.");
        // The broker's connections keep nothing between statements, so they need no reset and may keep their plans.
        var connection = new NpgsqlConnectionStringBuilder(address) { NoResetOnClose = true, MaxAutoPrepare = 20, AutoPrepareMinUsages = 2 };
        services.AddSingleton(_ => new LocalBroker(NpgsqlDataSource.Create(connection.ConnectionString)));
        services.AddSingleton<IMessageTransport, LocalTransport>();
    }

    /// <summary>Makes the queues and subscriptions of <see cref="Topology"/> in the broker.</summary>
    public static Task ProvisionAsync(NpgsqlDataSource owner, string rolePassword, CancellationToken cancellationToken) => BrokerSchema.CreateAsync(
        owner,
        BrokerRole,
        rolePassword,
        [.. Topology.Queues.Select(queue => new BrokerQueue(queue, Topology.LockDuration, Topology.MaxDeliveryCount))],
        [
            .. Topology.Subscriptions.Select(subscription => new BrokerSubscription(
                Topology.BusinessEvents, subscription.Key.Key, subscription.Value, Topology.LockDuration, Topology.MaxDeliveryCount)),
        ],
        cancellationToken);
}
