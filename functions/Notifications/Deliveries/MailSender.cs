using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Sends one mail over SMTP and says what became of it.</summary>
public sealed class MailSender(IOptions<MailOptions> options)
{
    private const int TimeoutMs = 10_000;
    private static readonly TimeSpan TryLater = TimeSpan.FromMinutes(1);

    public async Task<SendOutcome> SendAsync(Guid id, string address, Rendered readable, string html, CancellationToken cancellationToken)
    {
        if (!MailboxAddress.TryParse(address, out var recipient))
            return new SendOutcome.Rejected("The user's e-mail address is not one.");

        using var message = Compose(id, recipient, readable, html);
        using var client = new SmtpClient { Timeout = TimeoutMs };
        var isConnected = false;
        try
        {
            await client.ConnectAsync(options.Value.Host, options.Value.Port, SecureSocketOptions.StartTlsWhenAvailable, cancellationToken);
            isConnected = true;
            await client.SendAsync(message, cancellationToken);
            return new SendOutcome.Sent(message.MessageId!);
        }
        catch (SmtpCommandException refusal)
        {
            return Read(refusal);
        }
        catch (Exception exception) when (exception is SmtpProtocolException or SocketException or IOException or SslHandshakeException or TimeoutException)
        {
            return isConnected
                ? new SendOutcome.Unknown("The connection to the mail server ended before its answer.")
                : new SendOutcome.NeverSent("The mail server could not be reached.");
        }
    }

    internal static SendOutcome Read(SmtpCommandException refusal)
    {
        var reason = $"The mail server answered {(int)refusal.StatusCode}: {refusal.Message}";
        return refusal switch
        {
            { StatusCode: < (SmtpStatusCode)500 } => new SendOutcome.Throttled(TryLater, reason),
            { ErrorCode: SmtpErrorCode.RecipientNotAccepted } => new SendOutcome.RecipientGone(reason),
            _ => new SendOutcome.Rejected(reason),
        };
    }

    private MimeMessage Compose(Guid id, MailboxAddress recipient, Rendered readable, string html)
    {
        var from = MailboxAddress.Parse(options.Value.From);
        return new MimeMessage([from], [recipient], readable.Title, new BodyBuilder { TextBody = readable.Text, HtmlBody = MailHtml.Of(html) }.ToMessageBody())
        {
            // The same notification sent twice is the same mail: many mail servers then show one.
            MessageId = $"{id}@{from.Domain}",
        };
    }
}
