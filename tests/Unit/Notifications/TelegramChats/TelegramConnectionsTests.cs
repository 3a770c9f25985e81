using System.Net;
using System.Net.Sockets;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.TelegramChats;
using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

/// <summary>Calls of a server that listens and never says a word.</summary>
public sealed class TelegramConnectionsTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private readonly TcpListener silent = new(IPAddress.Loopback, 0);

    public TelegramConnectionsTests() => silent.Start();

    public void Dispose() => silent.Dispose();

    [Fact]
    public async Task What_waited_for_a_connection_that_could_not_be_made_in_time_was_never_sent() =>
        Assert.IsType<SendOutcome.NeverSent>(await SendAsync("https", connection: Soon, call: Late));

    [Fact]
    public async Task What_has_left_and_is_not_answered_may_have_arrived() =>
        Assert.IsType<SendOutcome.Unknown>(await SendAsync("http", connection: Late, call: Soon));

    private async Task<SendOutcome> SendAsync(string scheme, TimeSpan connection, TimeSpan call)
    {
        using var client = new HttpClient(new TelegramConnections(connection)) { Timeout = call };
        var options = new TelegramBotClientOptions("1:secret", $"{scheme}://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}") { RetryThreshold = 0 };
        var bot = new TelegramBotClient(options, client);
        return TelegramFailure.Read(await Assert.ThrowsAsync<RequestException>(() => bot.SendMessage(1, "hello")));
    }
}
