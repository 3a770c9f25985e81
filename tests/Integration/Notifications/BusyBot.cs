using ServerlessBusiness.Shared.Caching;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>Somebody else who writes by a bot all the time, up to a second ahead of what its budget allows.</summary>
public sealed class BusyBot : IAsyncDisposable
{
    // On the clock of Redis, as the limiter reads it.
    private const string Spend = """
        local clock = redis.call('TIME')
        redis.call('SET', KEYS[1], string.format('%.0f', tonumber(clock[1]) * 1000000 + tonumber(clock[2]) + 1000000), 'PX', 1000)
        return 0
        """;

    private readonly ConnectionMultiplexer redis;
    private readonly Thread spending;
    private volatile bool isOver;

    internal BusyBot(ConnectionMultiplexer redis, string bot)
    {
        this.redis = redis;
        RedisKey[] budget = [CacheKeys.Bot(bot, "budget")];
        redis.GetDatabase().ScriptEvaluate(Spend, budget);
        // A thread of its own: the pool may be busy with other tests.
        spending = new Thread(() =>
        {
            while (!isOver)
            {
                redis.GetDatabase().ScriptEvaluate(Spend, budget);
                Thread.Sleep(50);
            }
        });
        spending.Start();
    }

    public async ValueTask DisposeAsync()
    {
        isOver = true;
        spending.Join();
        await redis.DisposeAsync();
    }
}
