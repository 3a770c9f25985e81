using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

/// <summary>A mail server that gives some answers and then for ever the next line of one answer, too soon for any limit on a single step.</summary>
internal sealed class SlowMailServer : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public SlowMailServer(int answers)
    {
        listener.Start();
        serving = ServeAsync(answers, stop.Token);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(int answers, CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        for (var given = 0; given < answers; given++)
        {
            await writer.WriteLineAsync(given == 0 ? "220 slow.example.com" : "250 OK");
            await reader.ReadLineAsync(cancellationToken);
        }

        using var pause = new PeriodicTimer(BetweenLines);
        while (await pause.WaitForNextTickAsync(cancellationToken))
            await writer.WriteLineAsync(answers == 0 ? "220-wait" : "250-wait");
    }
}
