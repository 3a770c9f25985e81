using System.Text;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Simulators.Mail;

// One connection, from greeting to QUIT: the part of RFC 5321 that a client without TLS and login needs.
sealed partial class SmtpDialog(SmtpLines lines, MailBox box)
{
    const int LargestMessage = 10 * 1024 * 1024;

    readonly List<string> _recipients = [];
    string? _sender;
    bool _isGreeted;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (box.Troubles.TryTake(MailTroubleMode.NotAvailable))
        {
            await SayAsync("421 mail.local Service not available, closing transmission channel", cancellationToken);
            return;
        }
        await SayAsync("220 mail.local ESMTP catcher", cancellationToken);
        while (await lines.ReadAsync(cancellationToken) is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes);
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            if (verb == "DATA")
            {
                if (!await ReceiveAsync(cancellationToken))
                    return;
                continue;
            }
            await SayAsync(Answer(verb, line), cancellationToken);
            if (verb == "QUIT")
                return;
        }
    }

    string Answer(string verb, string line) => verb switch
    {
        "EHLO" => Greet($"250-mail.local\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE {LargestMessage}"),
        "HELO" => Greet("250 mail.local"),
        "MAIL" => From(line),
        "RCPT" => To(line),
        "RSET" => Forget(),
        "NOOP" => "250 OK",
        "QUIT" => "221 Bye",
        "VRFY" => "252 Cannot verify, but will accept the message",
        _ => "502 Command not implemented"
    };

    string Greet(string answer)
    {
        _isGreeted = true;
        Forget();
        return answer;
    }

    string From(string line)
    {
        if (!_isGreeted)
            return "503 Say EHLO first";
        if (_sender is not null)
            return "503 A sender is already given";
        if (Path().Match(line) is not { Success: true } path)
            return "501 Syntax: MAIL FROM:<address>";
        if (Size().Match(line) is { Success: true } size && long.Parse(size.Groups[1].Value) > LargestMessage)
            return "552 Message exceeds the maximum size";
        _sender = path.Groups["address"].Value;
        return "250 OK";
    }

    string To(string line)
    {
        if (_sender is null)
            return "503 Say MAIL first";
        if (Path().Match(line) is not { Success: true, Groups: var groups } || groups["address"].Length == 0)
            return "501 Syntax: RCPT TO:<address>";
        if (box.Troubles.TryTake(MailTroubleMode.NoSuchMailbox))
            return $"550 5.1.1 <{groups["address"].Value}>: mailbox unavailable";
        _recipients.Add(groups["address"].Value);
        return "250 OK";
    }

    string Forget()
    {
        _sender = null;
        _recipients.Clear();
        return "250 OK";
    }

    // False when the connection is over.
    async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_recipients.Count == 0)
        {
            await SayAsync("503 Say RCPT first", cancellationToken);
            return true;
        }
        await SayAsync("354 End data with <CR><LF>.<CR><LF>", cancellationToken);
        using var content = new MemoryStream();
        var isTooLarge = false;
        while (true)
        {
            if (await lines.ReadAsync(cancellationToken) is not { } line)
                return false;
            if (line is [(byte)'.'])
                break;
            isTooLarge |= content.Length + line.Length > LargestMessage;
            if (isTooLarge)
                continue;
            // A leading dot was doubled by the sender, so that the text cannot end the message.
            content.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            content.Write("\r\n"u8);
        }
        return await AcceptAsync(content.ToArray(), isTooLarge, cancellationToken);
    }

    async Task<bool> AcceptAsync(byte[] content, bool isTooLarge, CancellationToken cancellationToken)
    {
        var (sender, recipients) = (_sender!, _recipients.ToArray());
        Forget();
        if (isTooLarge)
        {
            await SayAsync("552 Message exceeds the maximum size", cancellationToken);
            return true;
        }
        if (box.Troubles.TryTake(MailTroubleMode.TryLater))
        {
            await SayAsync("451 4.3.0 Local error in processing, try again later", cancellationToken);
            return true;
        }
        box.Receive(sender, recipients, content);
        if (box.Troubles.TryTake(MailTroubleMode.Cut))
            return false;
        await SayAsync("250 OK", cancellationToken);
        return true;
    }

    ValueTask SayAsync(string line, CancellationToken cancellationToken) => lines.WriteAsync(line, cancellationToken);

    [GeneratedRegex("^(?:MAIL FROM|RCPT TO):\\s*<(?<address>[^<>]*)>", RegexOptions.IgnoreCase)]
    private static partial Regex Path();

    [GeneratedRegex(@"\sSIZE=([0-9]{1,12})(?:\s|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
