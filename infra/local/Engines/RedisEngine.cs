using System.Globalization;
using Garnet;
using ServerlessBusiness.Local.Processes;
using StackExchange.Redis;

namespace ServerlessBusiness.Local.Engines;

/// <summary>A Redis-compatible server (Garnet) inside this process, so it can never be left behind.</summary>
public sealed class RedisEngine(StackFolder folder, int port, string password) : IEngine
{
    private const string Part = "redis";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);

    private GarnetServer? server;

    public string Name => "Redis";
    public string Url => $"127.0.0.1:{port}";
    public string LogFile => folder.Log(Part);
    public int Port => port;
    public string Password => password;

    /// <summary>Never raised: it lives and dies with this process.</summary>
    public event Action<string>? Died
    {
        add { }
        remove { }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Writers wait on pool threads for the append-only file's flushes; with few cores and the default pool all writes can stop for minutes.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 64), Math.Max(completions, 64));
        Directory.CreateDirectory(folder.Of(Part));
        Directory.CreateDirectory(folder.Logs);
        await Task.Run(Run, cancellationToken);
        await Readiness.WaitAsync(Name, AskAsync, ReadyWithin, child: null, cancellationToken);
    }

    public Task StopAsync() => Task.Run(() =>
    {
        this.server?.Dispose();
        this.server = null;
    });

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Run()
    {
        try
        {
            this.server = new GarnetServer(Arguments());
            this.server.Start();
        }
        catch (Exception exception)
        {
            throw new StackException($"The Redis-compatible server could not start on port {port}: {exception.Message} Its log is "
                + $"{LogFile}.", exception);
        }
    }

    private string[] Arguments() =>
    [
        "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--auth", "Password", "--password", password,
        // The defaults are sized for a machine of its own: 16 GB of memory, 128 MB of index.
        "--memory", "64m", "--page", "1m", "--index", "8m",
        "--lua", "--lua-transaction-mode",
        // The size limit is what keeps the append-only file from growing for ever; its pages must be larger than the memory's.
        "--aof", "--recover", "--aof-commit-freq", "1000", "--aof-memory", "32m", "--aof-page-size", "4m",
        "--aof-segment-size", "16m", "--aof-size-limit", "32m", "--checkpointdir", folder.Of(Part),
        // Linux' default device needs libaio and ends the whole process where that is missing.
        "--device-type", "RandomAccess",
        "-q", "--disable-console-logger", "--file-logger", LogFile, "--logger-level", "Warning",
    ];

    /// <exception cref="RedisException">It does not answer, or not to us.</exception>
    internal static async Task PingAsync(ConfigurationOptions server, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server);
        await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var options = new ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, Password = password, ConnectTimeout = 2000 };
            await PingAsync(options, cancellationToken);
            return null;
        }
        catch (RedisException exception)
        {
            return exception.Message;
        }
    }
}
