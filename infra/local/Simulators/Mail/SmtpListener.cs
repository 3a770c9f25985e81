using System.Net;
using System.Net.Sockets;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Mail;

sealed class SmtpListener : IAsyncDisposable
{
    static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(5);

    readonly TcpListener _listener;
    readonly MailBox _box;
    readonly BackgroundWork _connections = new();

    SmtpListener(TcpListener listener, MailBox box)
    {
        _listener = listener;
        _box = box;
        _connections.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static SmtpListener Start(int port, MailBox box)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException problem)
        {
            throw new InvalidOperationException(
                $"Port {port} of 127.0.0.1 cannot be listened on ({problem.SocketErrorCode}). " +
                "Free it or choose another one with SIMULATOR_SMTP_PORT.",
                problem);
        }
        return new SmtpListener(listener, box);
    }

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        _listener.Dispose();
    }

    async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(cancellationToken);
            _connections.Run(stop => ServeAsync(client, stop));
        }
    }

    async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var connection = client;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestIdle);
        try
        {
            await new SmtpDialog(new SmtpLines(client.GetStream()), _box).RunAsync(patience.Token);
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The client went away or fell silent; what it had sent completely has been kept.
        }
    }
}
