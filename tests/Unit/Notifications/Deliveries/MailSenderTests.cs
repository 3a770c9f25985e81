using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class MailSenderTests
{
    private readonly MailPause pause = new(TimeProvider.System);

    // Greeting, EHLO and MAIL FROM are answered; what comes after that is not.
    [Theory]
    [InlineData(0, typeof(SendOutcome.NeverSent))]
    [InlineData(3, typeof(SendOutcome.Unknown))]
    public async Task A_server_that_answers_a_little_at_a_time_and_never_comes_to_an_end_is_left(int answers, Type outcome)
    {
        await using var server = new SlowMailServer(answers);

        Assert.IsType(outcome, await SendAsync(Sender(server.Port)));
        Assert.NotNull(pause.TryEnter());
    }

    [Fact]
    public async Task A_server_that_is_not_there_begins_a_pause()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();

        Assert.IsType<SendOutcome.NeverSent>(await SendAsync(Sender(port)));
        Assert.NotNull(pause.TryEnter());
    }

    [Fact]
    public async Task A_password_does_not_go_over_a_line_that_is_not_private()
    {
        await using var server = new SlowMailServer(answers: 2);

        Assert.IsType<SendOutcome.SenderRefused>(await SendAsync(Sender(server.Port, "user", "secret")));
        Assert.Null(pause.TryEnter());
    }

    private MailSender Sender(int port, string? username = null, string? password = null)
    {
        var options = new MailOptions { Host = "127.0.0.1", Port = port, From = "billing@example.com", Username = username, Password = password };
        var unsubscribe = new UnsubscribeToken(Options.Create(new TokenOptions { Secret = new string('s', 40) }));
        return new MailSender(Options.Create(options), unsubscribe, pause, TimeProvider.System, NullLogger<MailSender>.Instance) { Deadline = TimeSpan.FromSeconds(1) };
    }

    private static Task<SendOutcome> SendAsync(MailSender sender)
    {
        var text = new Rendered("Payment received", "Thank you!");
        return sender.SendAsync(
            TenantId.Default, VerdictTests.Due, TemplateCatalog.Get("payment_received"), "budi@example.com",
            new Composed(text, text.Text, Reference: "", text, "builtin:1"), CancellationToken.None);
    }
}
