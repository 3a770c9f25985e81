using System.Text;

namespace ServerlessBusiness.Simulators.Mail;

// Lines of an SMTP connection as bytes: a message may hold any of them, so nothing is decoded here but commands.
sealed class SmtpLines(Stream stream)
{
    const int LongestLine = 64 * 1024;
    readonly byte[] _buffer = new byte[16 * 1024];
    readonly MemoryStream _line = new();
    int _start;
    int _end;

    // The next line without its end, or null when the other side has hung up.
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.SetLength(0);
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var taken = found >= 0 ? found + 1 : _end - _start;
            _line.Write(_buffer, _start, taken);
            _start += taken;
            if (found >= 0)
                return WithoutEnd();
            if (_line.Length > LongestLine)
                throw new IOException($"A line of more than {LongestLine} bytes.");
            (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
            if (_end == 0)
                return null;
        }
    }

    public ValueTask WriteAsync(string line, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);

    byte[] WithoutEnd()
    {
        var bytes = _line.ToArray();
        return bytes is [.. var content, (byte)'\r', (byte)'\n'] ? content : bytes[..^1];
    }
}
