using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Sends one mail over SMTP and says what became of it.</summary>
public sealed partial class MailSender(
    IOptions<MailOptions> options, UnsubscribeToken unsubscribe, MailPause pause, TimeProvider time, ILogger<MailSender> logger)
{
    // Of one step of the dialogue; all of them together end at the deadline, or the claim would run out and a second sender begin.
    private const int TimeoutMs = 10_000;
    private static readonly TimeSpan TryLater = TimeSpan.FromMinutes(1);

    // A server that breaks off sooner answers quickly enough to be asked again.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    internal TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(45);

    internal async Task<SendOutcome> SendAsync(
        TenantId tenant, Delivery delivery, NotificationType type, string address, Composed text, CancellationToken cancellationToken)
    {
        if (!MailboxAddress.TryParse(address, out var recipient))
            return new SendOutcome.Rejected("The user's e-mail address is not one.");

        using var message = Compose(delivery.Id, recipient, text);
        if (type.CanBeMuted && options.Value.UnsubscribeUrl is { Length: > 0 } url)
        {
            var token = unsubscribe.Create(new Unsubscription(tenant, delivery.UserId, type.Name));
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{url}?token={token}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        using var client = new SmtpClient { Timeout = TimeoutMs };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        var (isConnected, begun) = (false, time.GetTimestamp());
        try
        {
            await ConnectAsync(client, deadline.Token);
            isConnected = true;
            await client.SendAsync(message, deadline.Token);
            pause.End();
            return new SendOutcome.Sent(message.MessageId!);
        }
        catch (Exception exception) when (ReadRefusal(exception, isConnected) is { } refused)
        {
            pause.End();
            if (refused is SendOutcome.SenderRefused sender)
                LogRefused(sender.Reason);
            return refused;
        }
        catch (Exception exception) when (IsBrokenOff(exception))
        {
            if (!isConnected || deadline.IsCancellationRequested || time.GetElapsedTime(begun) >= Slow)
                pause.Begin(begun);
            else
                pause.End();
            return isConnected
                ? new SendOutcome.Unknown("The connection to the mail server ended before its answer.")
                : new SendOutcome.NeverSent("The mail server could not be reached.");
        }
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        var server = options.Value;
        await client.ConnectAsync(server.Host, server.Port, server.Security, cancellationToken);
        if (server.SignsIn)
            await client.AuthenticateAsync(server.Username!, server.Password!, cancellationToken);
    }

    private static bool IsBrokenOff(Exception exception) => exception is
        SmtpProtocolException or SocketException or IOException or SslHandshakeException or TimeoutException or OperationCanceledException;

    /// <summary>What the server's answer means; null when there was none.</summary>
    internal static SendOutcome? ReadRefusal(Exception exception, bool isConnected) => exception switch
    {
        SmtpCommandException refusal => Read(refusal, isConnected, $"The mail server answered {(int)refusal.StatusCode}: {refusal.Message}"),
        ServiceNotAuthenticatedException => new SendOutcome.SenderRefused($"The mail server wants us to sign in: {exception.Message}"),
        // Neither the password nor a line that it may go over is taken.
        AuthenticationException or NotSupportedException when !isConnected => new SendOutcome.SenderRefused($"The mail server does not let us sign in: {exception.Message}"),
        _ => null,
    };

    private static SendOutcome Read(SmtpCommandException refusal, bool isConnected, string reason) => refusal switch
    {
        { StatusCode: < (SmtpStatusCode)500 } => new SendOutcome.Throttled(TryLater, reason),
        // It is not this message that it does not want: nothing of ours passes until somebody has mended that.
        _ when !isConnected => new SendOutcome.SenderRefused(reason),
        { StatusCode: >= (SmtpStatusCode)530 and < (SmtpStatusCode)540 } => new SendOutcome.SenderRefused(reason),
        // The size of the message is told with the sender.
        { ErrorCode: SmtpErrorCode.SenderNotAccepted, StatusCode: not SmtpStatusCode.ExceededStorageAllocation } => new SendOutcome.SenderRefused(reason),
        { ErrorCode: SmtpErrorCode.RecipientNotAccepted } => new SendOutcome.RecipientGone(reason),
        _ => new SendOutcome.Rejected(reason),
    };

    private MimeMessage Compose(Guid id, MailboxAddress recipient, Composed text)
    {
        var from = MailboxAddress.Parse(options.Value.From);
        var body = new BodyBuilder { TextBody = text.Readable.Text + text.Reference, HtmlBody = MailHtml.Of(text.Html + text.Reference) }.ToMessageBody();
        return new MimeMessage([from], [recipient], text.Readable.Title, body)
        {
            // The same notification sent twice is the same mail: many mail servers then show one.
            MessageId = $"{id}@{from.Domain}",
        };
    }

    [LoggerMessage(LogLevel.Error, "The mail server refuses us, not one message: {Reason} Mails wait until that is mended.")]
    private partial void LogRefused(string reason);
}
