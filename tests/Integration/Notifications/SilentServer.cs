using System.Net;
using System.Net.Sockets;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>A server that takes connections and says nothing.</summary>
public sealed class SilentServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<TcpClient> clients = [];
    private readonly Task accepting;
    private int connections;

    public SilentServer()
    {
        listener.Start();
        accepting = AcceptAsync(stop.Token);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref connections);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        clients.ForEach(client => client.Dispose());
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            clients.Add(await listener.AcceptTcpClientAsync(cancellationToken));
            Interlocked.Increment(ref connections);
        }
    }
}
