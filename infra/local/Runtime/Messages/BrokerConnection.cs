using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// The app's connection to one broker, with what its listeners share: the signal, the settling and the locks.
internal sealed class BrokerConnection : IAsyncDisposable
{
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Wake> signals = new();
    private readonly ILogger logger;

    public BrokerConnection(NpgsqlDataSource db, TimeProvider clock, TimeSpan maxRenewal, ILogger logger)
    {
        this.logger = logger;
        Db = db;
        Broker = new LocalBroker(db, clock);
        Outage = new Outage(logger);
        Settler = new Settler(Broker, Outage, logger);
        Locks = new LockKeeper(Broker, maxRenewal, logger);
    }

    public NpgsqlDataSource Db { get; }

    public LocalBroker Broker { get; }

    public Outage Outage { get; }

    public Settler Settler { get; }

    public LockKeeper Locks { get; }

    // Opens nothing yet: the database may come later than the app.
    public static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        // A lock or a settlement lost in a crash of the database only means one more delivery, so nobody waits for the disk here.
        var settings = LocalBroker.SettingsOf(connectionString);
        settings.ApplicationName = "functions runtime";
        settings.Options = $"{settings.Options} -c synchronous_commit=off {LocalBroker.PlannerOptions}".Trim();

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // What the broker does stands for a service that is not ours: the app's traces would drown in its polls.
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        return builder.Build();
    }

    // Raised when something was put below the path.
    public Wake SignalOf(string path) => signals.GetOrAdd(path, _ => new Wake());

    public async Task ListenAsync(CancellationToken stopping)
    {
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await using var connection = await Db.OpenConnectionAsync(stopping);
                connection.Notification += (_, notification) => SignalOf(notification.Payload).Raise();
                await using (var listen = new NpgsqlCommand($"listen {LocalBroker.Channel}", connection))
                    await listen.ExecuteNonQueryAsync(stopping);

                Outage.Over();
                attempt = 0;
                // What came before we listened was not signalled.
                foreach (var signal in signals.Values)
                    signal.Raise();
                while (true)
                    await connection.WaitAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException failure)
            {
                await Outage.WaitAsync(failure, attempt, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public async Task ForgetOldIdsAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ForgetEvery);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await Broker.ForgetOldIdsAsync(stopping);
            }
            catch (NpgsqlException failure)
            {
                logger.LogDebug(failure, "Old message ids stay for another minute.");
            }
        }
    }

    public ValueTask DisposeAsync() => Db.DisposeAsync();
}
