using System.Text;
using MimeKit;

namespace ServerlessBusiness.Simulators.Mail;

// From and To are the envelope: who the server was told, whatever the headers say.
public sealed record ReceivedMail(
    string Id, DateTimeOffset At, string From, IReadOnlyList<string> To, string? Subject, string? Text, string? Html, string Headers)
{
    public static ReceivedMail Read(string from, IReadOnlyList<string> to, byte[] content, DateTimeOffset at)
    {
        using var stream = new MemoryStream(content);
        using var message = MimeMessage.Load(stream);
        var raw = Encoding.UTF8.GetString(content);
        var end = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = end < 0 ? raw : raw[..end];
        return new ReceivedMail(
            Guid.CreateVersion7().ToString(), at, from, to, message.Subject, message.TextBody, message.HtmlBody, headers);
    }
}
