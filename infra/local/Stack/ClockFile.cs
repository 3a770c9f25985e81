using System.Buffers.Binary;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The stack's clock: eight bytes, little-endian, that every app adds as ticks to the system's time. It only goes forward.</summary>
public sealed class ClockFile
{
    private readonly string path;
    private readonly TimeProvider system;
    private readonly Lock turn = new();

    public ClockFile(string path, TimeProvider system)
    {
        this.path = path;
        this.system = system;
        if (!File.Exists(path))
            Write(TimeSpan.Zero);
    }

    public string Path => this.path;
    public TimeSpan Offset => new(BinaryPrimitives.ReadInt64LittleEndian(Read()));
    public DateTimeOffset Now => this.system.GetUtcNow() + Offset;

    /// <exception cref="StackException">The step is not forward, or leaves the calendar.</exception>
    public void Advance(TimeSpan by)
    {
        if (by <= TimeSpan.Zero)
            throw new StackException($"The clock only goes forward, and {by} is not forward. To go back, start the stack with --fresh.");
        lock (turn)
        {
            if (by > DateTimeOffset.MaxValue - Now)
                throw new StackException($"The clock cannot be moved by {by}: no year after 9999 is known.");
            Write(Offset + by);
        }
    }

    /// <exception cref="StackException">The time is not in the future.</exception>
    public void MoveTo(DateTimeOffset to)
    {
        // Whoever asks for the same time meanwhile must find it reached.
        lock (turn)
        {
            var now = Now;
            if (to <= now)
                throw new StackException($"The clock only goes forward: it shows {now:O}, which is not before {to:O}. To go back, start "
                    + "the stack with --fresh.");
            Advance(to - now);
        }
    }

    private byte[] Read()
    {
        using var stream = new FileStream(this.path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[sizeof(long)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    // One write of eight bytes in place: the apps have this file mapped and must never see half a number, nor another file.
    private void Write(TimeSpan offset)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, offset.Ticks);
        using var stream = new FileStream(this.path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(bytes);
    }
}
