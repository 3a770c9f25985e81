using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Shared.Hosting;

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

    public Task PingAsync(CancellationToken cancellationToken) => broker.PingAsync(cancellationToken);
}

/// <summary>Where the local broker is: the same setting as that of the triggers.</summary>
internal sealed record LocalBrokerOptions : IValidatableObject
{
    [Required]
    [ConfigurationKeyName(Topology.Connection)]
    public string ConnectionString { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConnectionString())
            yield return new ValidationResult("It must be the connection string of the local broker's role.", [nameof(ConnectionString)]);
    }

    private bool IsConnectionString()
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(ConnectionString).Host is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

internal static class Transport
{
    private const string BrokerRole = "local_broker";

    public static void Add(IHostApplicationBuilder builder)
    {
        builder.AddSettings<LocalBrokerOptions>();
        builder.Services.AddSingleton(services => new LocalBroker(
            NpgsqlDataSource.Create(LocalBroker.SettingsOf(services.GetRequiredService<IOptions<LocalBrokerOptions>>().Value.ConnectionString))));
        builder.Services.AddSingleton<IMessageTransport, LocalTransport>();
    }

    /// <summary>Makes the queues and subscriptions of <see cref="Topology"/> in the broker.</summary>
    public static Task ProvisionAsync(NpgsqlDataSource owner, string rolePassword, CancellationToken cancellationToken) => BrokerSchema.CreateAsync(
        owner,
        BrokerRole,
        rolePassword,
        [.. Topology.Queues.Select(queue => new BrokerQueue(queue, Topology.LockDuration, Topology.MaxDeliveryCount))],
        [
            .. Topology.AllSubscriptions.Select(subscription => new BrokerSubscription(
                Topology.BusinessEvents, subscription.Key, subscription.Value, Topology.LockDuration, Topology.MaxDeliveryCount)),
        ],
        cancellationToken);
}
