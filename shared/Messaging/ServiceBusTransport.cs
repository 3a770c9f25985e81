using System.Collections.Concurrent;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Sends to Azure Service Bus with the app's managed identity; duplicate detection there drops a second send of the same id.</summary>
internal sealed class ServiceBusTransport(ServiceBusClient client, TimeProvider time) : IMessageTransport, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> senders = new();

    public async Task SendAsync(string destination, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sender = senders.GetOrAdd(destination, client.CreateSender);
        var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        foreach (var message in messages)
        {
            var outgoing = new ServiceBusMessage(message.Body)
            {
                MessageId = message.Id.ToString(),
                Subject = message.Subject,
                ContentType = "application/json",
            };
            if (message.AvailableAt > now)
                outgoing.ScheduledEnqueueTime = message.AvailableAt;
            if (batch.TryAddMessage(outgoing))
                continue;

            // The batch is full: it leaves, and the message that did not fit opens the next one.
            await sender.SendMessagesAsync(batch, cancellationToken);
            batch.Dispose();
            batch = await sender.CreateMessageBatchAsync(cancellationToken);
            if (!batch.TryAddMessage(outgoing))
                throw new InvalidOperationException($"Message {message.Id} ({message.Subject}) is larger than the namespace takes.");
        }

        await sender.SendMessagesAsync(batch, cancellationToken);
        batch.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders.Values)
            await sender.DisposeAsync();
        await client.DisposeAsync();
    }
}

internal static class Transport
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => Connect(configuration));
        services.AddSingleton<IMessageTransport, ServiceBusTransport>();
    }

    /// <summary>Nothing to do: in Azure the template makes the queues and subscriptions of <see cref="Topology"/>.</summary>
    public static Task ProvisionAsync(NpgsqlDataSource owner, string rolePassword, CancellationToken cancellationToken) => Task.CompletedTask;

    // The same two forms that the trigger takes: a connection string (the emulator) or a namespace and our identity.
    private static ServiceBusClient Connect(IConfiguration configuration)
    {
        if (configuration[Topology.Connection] is { Length: > 0 } connectionString)
            return new ServiceBusClient(connectionString);

        var group = configuration.GetSection(Topology.Connection);
        var address = group["fullyQualifiedNamespace"] ?? throw new InvalidOperationException(
            $"{Topology.Connection}__fullyQualifiedNamespace is missing: it names the Service Bus namespace.");
        return new ServiceBusClient(address, new DefaultAzureCredential(
            new DefaultAzureCredentialOptions { ManagedIdentityClientId = group["clientId"] }));
    }
}
