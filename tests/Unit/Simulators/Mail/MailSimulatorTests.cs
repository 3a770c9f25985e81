using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using ServerlessBusiness.Simulators.Mail;

namespace ServerlessBusiness.Tests.Unit.Simulators.Mail;

public sealed class MailSimulatorTests : IAsyncLifetime
{
    MailSimulator _simulator = null!;
    HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await MailSimulator.StartAsync(new MailSimulatorOptions());
        _http = new HttpClient { BaseAddress = _simulator.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task A_mail_comes_out_as_it_went_in()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Mail("Invoice INV-2026-11-0001 💳", "Dear ä,\r\n.a line with a dot\r\n..\r\nend", "<p>Dear &auml;</p>"));
        await client.DisconnectAsync(quit: true);

        var mail = Assert.Single(await MailsAsync())!;
        Assert.Equal("billing@example.com", (string?)mail["from"]);
        Assert.Equal(["user@example.com"], mail["to"]!.AsArray().Select(to => (string)to!));
        Assert.Equal("Invoice INV-2026-11-0001 💳", (string?)mail["subject"]);
        Assert.Equal("Dear ä,\n.a line with a dot\n..\nend", ((string)mail["text"]!).ReplaceLineEndings("\n").TrimEnd());
        Assert.Equal("<p>Dear &auml;</p>", ((string)mail["html"]!).TrimEnd());
        Assert.Contains("Message-Id:", (string)mail["headers"]!);
    }

    [Fact]
    public async Task One_connection_can_bring_several_and_they_can_be_deleted()
    {
        using var client = await ConnectAsync();
        for (var count = 0; count < 3; count++)
            await client.SendAsync(Mail($"number {count}", "text"));
        Assert.Equal(["number 0", "number 1", "number 2"], (await MailsAsync()).Select(mail => (string?)mail!["subject"]));

        await _http.DeleteAsync("control/messages");
        Assert.Empty(await MailsAsync());
    }

    [Fact]
    public async Task A_refused_recipient_is_550()
    {
        await PlanAsync("550");
        using var client = await ConnectAsync();

        var refusal = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Mail("refused", "text")));

        Assert.Equal((SmtpErrorCode.RecipientNotAccepted, SmtpStatusCode.MailboxUnavailable), (refusal.ErrorCode, refusal.StatusCode));
        Assert.Empty(await MailsAsync());
    }

    [Fact]
    public async Task A_refused_message_is_451_and_goes_through_the_second_time()
    {
        await PlanAsync("451");
        using var client = await ConnectAsync();

        var refusal = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Mail("later", "text")));
        Assert.Equal(SmtpErrorCode.MessageNotAccepted, refusal.ErrorCode);

        await client.SendAsync(Mail("later", "text"));
        Assert.Single(await MailsAsync());
    }

    [Fact]
    public async Task A_busy_server_greets_with_421()
    {
        await PlanAsync("421");

        await Assert.ThrowsAnyAsync<Exception>(ConnectAsync);

        using var client = await ConnectAsync();
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task After_a_cut_connection_the_mail_has_arrived_all_the_same()
    {
        await PlanAsync("cut");
        using var client = await ConnectAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(Mail("cut", "text")));

        Assert.Single(await MailsAsync());
    }

    [Fact]
    public async Task The_inbox_escapes_what_came_in()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Mail("<script>alert(1)</script>", "text"));

        Assert.DoesNotContain("<script>", await _http.GetStringAsync("/"));
    }

    static MimeMessage Mail(string subject, string text, string? html = null)
    {
        var mail = new MimeMessage { Subject = subject, Body = new BodyBuilder { TextBody = text, HtmlBody = html }.ToMessageBody() };
        mail.From.Add(MailboxAddress.Parse("billing@example.com"));
        mail.To.Add(MailboxAddress.Parse("user@example.com"));
        return mail;
    }

    async Task<SmtpClient> ConnectAsync()
    {
        var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", _simulator.SmtpPort, SecureSocketOptions.None);
        return client;
    }

    async Task<JsonArray> MailsAsync() => JsonNode.Parse(await _http.GetStringAsync("control/messages"))!.AsArray();

    async Task PlanAsync(string mode)
    {
        using var response = await _http.PostAsJsonAsync("control/next", new { mode });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
