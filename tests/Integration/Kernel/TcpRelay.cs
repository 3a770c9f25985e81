using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Stands between an app and a server that others use too, so that the server can go away for this app alone.</summary>
public sealed class TcpRelay(int target) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    public int Port { get; } = Ports.FreeBlock(1);

    public void Start()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync(listener);
    }

    /// <summary>Refuses new connections and cuts the present ones.</summary>
    public async Task StopAsync()
    {
        listener?.Stop();
        await accepting;
        foreach (var client in open.Keys)
            client.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        open[near] = open[far] = true;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two has gone, or the relay was stopped: both ends close.
        }
        finally
        {
            open.TryRemove(near, out _);
            open.TryRemove(far, out _);
            near.Dispose();
        }
    }
}
