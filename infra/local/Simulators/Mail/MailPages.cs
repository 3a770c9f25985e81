using System.Text;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Mail;

// For people: the inbox of everybody, newest first.
static class MailPages
{
    public static void Map(WebApplication app, MailBox box)
    {
        app.MapGet("/", () => Inbox(box));
        app.MapGet("/mails/{id}", (string id) => box.Mails.FirstOrDefault(mail => mail.Id == id) is { } mail
            ? OneMail(mail)
            : HtmlPage.Of("Not found", "<p>This mail has been deleted.</p>"));
    }

    static IResult Inbox(MailBox box)
    {
        var rows = new StringBuilder();
        foreach (var mail in box.Mails.Reverse())
            rows.Append($"""
                <tr><td>{mail.At:yyyy-MM-dd HH:mm:ss}</td><td>{HtmlPage.Text(string.Join(", ", mail.To))}</td>
                <td><a href="/mails/{mail.Id}">{HtmlPage.Text(SubjectOf(mail))}</a></td></tr>
                """);
        return HtmlPage.Of("Mail catcher", rows.Length == 0
            ? "<p class=\"quiet\">No mail yet.</p>"
            : $"<table><tr><th>Time (UTC)</th><th>To</th><th>Subject</th></tr>{rows}</table>");
    }

    static string SubjectOf(ReceivedMail mail) => string.IsNullOrEmpty(mail.Subject) ? "(no subject)" : mail.Subject;

    // The HTML of a mail is shown in a frame without scripts, forms or an origin of its own.
    static IResult OneMail(ReceivedMail mail) => HtmlPage.Of(SubjectOf(mail), $"""
        <p>From {HtmlPage.Text(mail.From)} to {HtmlPage.Text(string.Join(", ", mail.To))}</p>
        <div class="message">{HtmlPage.Text(mail.Text)}</div>
        {(mail.Html is { } html ? $"<iframe sandbox srcdoc=\"{HtmlPage.Text(html)}\"></iframe>" : "")}
        <h2>Headers</h2><div class="message">{HtmlPage.Text(mail.Headers)}</div>
        """);
}
