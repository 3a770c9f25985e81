using System.Collections.Concurrent;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
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

    // How large a batch may be is asked of the namespace over the link, which is opened for it when there is none.
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        using var batch = await senders.GetOrAdd(Topology.BusinessEvents, client.CreateSender).CreateMessageBatchAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders.Values)
            await sender.DisposeAsync();
        await client.DisposeAsync();
    }
}

/// <summary>The same two forms that the triggers take: a connection string (the emulator), or a namespace and our identity.</summary>
internal sealed record ServiceBusOptions
{
    public string? ConnectionString { get; set; }
    public string? Namespace { get; set; }
    public string? ClientId { get; set; }

    public bool NamesOne => !string.IsNullOrEmpty(ConnectionString) || !string.IsNullOrEmpty(Namespace);
}

internal static class Transport
{
    public static void Add(IHostApplicationBuilder builder)
    {
        // Read by hand: a setting that is both a value and a group is more than the binder understands.
        var settings = builder.Configuration;
        builder.Services.AddOptions<ServiceBusOptions>()
            .Configure(options =>
            {
                options.ConnectionString = settings[Topology.Connection];
                options.Namespace = settings[$"{Topology.Connection}:fullyQualifiedNamespace"];
                options.ClientId = settings[$"{Topology.Connection}:clientId"];
            })
            .Validate(options => options.NamesOne, $"The setting {Topology.Connection}__fullyQualifiedNamespace is missing. It names the Service Bus "
                + $"namespace, unless {Topology.Connection} holds a connection string. local.settings.sample.json shows every setting with an example.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => Connect(services.GetRequiredService<IOptions<ServiceBusOptions>>().Value));
        builder.Services.AddSingleton<IMessageTransport, ServiceBusTransport>();
    }

    /// <summary>Nothing to do: in Azure the template makes the queues and subscriptions of <see cref="Topology"/>.</summary>
    public static Task ProvisionAsync(NpgsqlDataSource owner, string rolePassword, CancellationToken cancellationToken) => Task.CompletedTask;

    private static ServiceBusClient Connect(ServiceBusOptions options) => string.IsNullOrEmpty(options.ConnectionString)
        ? new ServiceBusClient(options.Namespace!, new DefaultAzureCredential(
            new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId }))
        : new ServiceBusClient(options.ConnectionString);
}
