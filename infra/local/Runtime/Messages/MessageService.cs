using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Hosting;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Messages;

// All listeners of the app, on the brokers that their connection settings name.
internal sealed class MessageService : IAsyncDisposable
{
    private const string DefaultConnection = "AzureWebJobsServiceBus";

    private readonly Dictionary<string, BrokerConnection> connections = [];
    private readonly List<MessageListener> listeners = [];
    private readonly List<Task> running = [];
    private readonly List<Task> settling = [];
    private readonly CancellationTokenSource drained = new();
    private readonly ILogger<MessageService> logger;

    public MessageService(
        FunctionCatalog catalog,
        RuntimeOptions options,
        HostSettings host,
        BackgroundInvoker invoker,
        CrashPoint crashPoint,
        TimeProvider clock,
        ILogger<MessageService> logger)
    {
        this.logger = logger;
        foreach (var (function, trigger) in catalog.With<ServiceBusTriggerAttribute>())
        {
            if (!(trigger.StatedAutoComplete ?? host.AutoCompleteMessages))
            {
                throw new InvalidOperationException(
                    $"The function '{function.Name}' settles its messages itself, which the local runtime cannot do. "
                    + "Leave AutoCompleteMessages on and throw to have a message delivered again.");
            }

            var path = trigger.QueueName ?? $"{trigger.TopicName}/{trigger.SubscriptionName}";
            var setting = trigger.Connection ?? DefaultConnection;
            if (!connections.TryGetValue(setting, out var connection))
            {
                var text = options.Setting(setting) is { Length: > 0 } value ? value : throw Missing(setting, function.Name, path);
                var db = BrokerConnection.CreateDataSource(text);
                connections[setting] = connection = new BrokerConnection(db, clock, host.MaxAutoLockRenewal, logger);
            }

            var listener = new ListenerOptions(path, trigger.IsBatched, host.MaxConcurrentCalls, host.MaxMessageBatchSize);
            listeners.Add(new MessageListener(function, listener, connection, invoker, crashPoint, logger));
        }
    }

    public void Start(CancellationToken stopping, CancellationToken abandoned)
    {
        foreach (var connection in connections.Values)
        {
            running.Add(GuardAsync(() => connection.ListenAsync(stopping), stopping));
            running.Add(GuardAsync(() => connection.ForgetOldIdsAsync(stopping), stopping));
            settling.Add(GuardAsync(() => connection.Locks.RunAsync(drained.Token), drained.Token));
            settling.Add(GuardAsync(() => connection.Settler.RunAsync(abandoned), abandoned));
        }

        running.AddRange(listeners.Select(listener => GuardAsync(() => listener.RunAsync(stopping, abandoned), stopping)));
    }

    // Ends when every running call is over and settled.
    public async Task DrainAsync()
    {
        await Task.WhenAll(running);
        foreach (var connection in connections.Values)
            connection.Settler.Finish();
        await drained.CancelAsync();
        await Task.WhenAll(settling);
    }

    public async ValueTask DisposeAsync()
    {
        drained.Dispose();
        foreach (var connection in connections.Values)
            await connection.DisposeAsync();
    }

    // These loops outlive every outage of the broker. Whatever else ends one must not go unseen.
    private Task GuardAsync(Func<Task> loop, CancellationToken end) => Task.Run(async () =>
    {
        try
        {
            await loop();
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            logger.LogDebug("A loop of the message listeners ends with the host.");
        }
        catch (Exception failure)
        {
            logger.LogCritical(failure, "The message listeners do not work any more. Restart the app.");
        }
    });

    private static InvalidOperationException Missing(string setting, string function, string path) => new(
        $"The function '{function}' listens to '{path}' through the setting '{setting}', which is missing. "
        + "Set it to the connection string of the local broker; the local stack does so for every app.");
}
