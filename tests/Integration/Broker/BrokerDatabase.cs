using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Broker;

// A database with queues whose locks are short enough to see them run out.
public sealed class BrokerDatabase(StackFixture stack) : IAsyncLifetime
{
    public const string Queue = "orders";
    public const string LastChance = "last-chance";
    public const string Topic = "facts";

    public static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(1.5);

    private TestDatabase database = null!;

    public string ConnectionString => database.BrokerConnectionString;

    public NpgsqlDataSource Owner { get; private set; } = null!;

    public NpgsqlDataSource Db { get; private set; } = null!;

    public LocalBroker Broker { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync();
        Owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        Db = NpgsqlDataSource.Create(ConnectionString);
        Broker = new LocalBroker(Db);
        await ProvisionAsync(maxDeliveryCount: 3);
    }

    public Task ProvisionAsync(int maxDeliveryCount) => BrokerSchema.CreateAsync(
        Owner,
        "local_broker",
        new NpgsqlConnectionStringBuilder(ConnectionString).Password!,
        [new BrokerQueue(Queue, LockDuration, maxDeliveryCount), new BrokerQueue(LastChance, LockDuration, 1)],
        [
            new BrokerSubscription(Topic, "paid-only", ["Paid"], LockDuration, maxDeliveryCount),
            new BrokerSubscription(Topic, "everything", [], LockDuration, maxDeliveryCount),
        ],
        CancellationToken.None);

    public Task SendAsync(string entity, params string[] ids) =>
        Broker.SendAsync(entity, [.. ids.Select(id => new OutgoingMessage(id, "Placed", $"body of {id}"))], CancellationToken.None);

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string entity, int max = 10) =>
        Broker.ReceiveAsync(entity, max, CancellationToken.None);

    // Receives until something comes: a lock or a schedule runs out some time, not at once.
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveSoonAsync(string entity)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(10);
        while (true)
        {
            var messages = await ReceiveAsync(entity);
            if (messages.Count > 0 || TimeProvider.System.GetUtcNow() > deadline)
                return messages;

            await Task.Delay(50);
        }
    }

    public async Task<long> CountAsync(string path)
    {
        await using var command = Owner.CreateCommand("select count(*) from local_broker.messages where path = @path");
        command.Parameters.AddWithValue("path", path);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        await Owner.DisposeAsync();
        await database.DisposeAsync();
    }
}
