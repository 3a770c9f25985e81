using System.IO.MemoryMappedFiles;

namespace ServerlessBusiness.Shared.Time;

/// <summary>The one clock of all apps on a developer's machine: system time plus an offset that the local stack writes to a shared file.
/// Only the time of day moves; delays and timers still take as long as they say.</summary>
public sealed class LocalClock : TimeProvider, IDisposable
{
    private readonly TimeProvider system;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    private LocalClock(MemoryMappedFile file, TimeProvider system)
    {
        this.file = file;
        this.system = system;
        view = file.CreateViewAccessor(0, sizeof(long), MemoryMappedFileAccess.Read);
    }

    /// <summary>Maps the file that LOCAL_CLOCK_FILE names: eight bytes, little-endian, ticks to add to the system clock.
    /// Throws <see cref="InvalidOperationException"/> when it is missing or too short.</summary>
    public static LocalClock Open(string path, TimeProvider? system = null)
    {
        try
        {
            // The stack writes to it while we read, so its writes must stay allowed.
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            if (length < sizeof(long))
            {
                handle.Dispose();
                throw new InvalidOperationException($"The clock file of LOCAL_CLOCK_FILE, '{path}', holds {length} bytes instead of 8; "
                    + "start the local stack again.");
            }

            var mapped = MemoryMappedFile.CreateFromFile(
                handle, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new LocalClock(mapped, system ?? System);
        }
        catch (IOException missing)
        {
            throw new InvalidOperationException($"The clock file of LOCAL_CLOCK_FILE, '{path}', cannot be read: {missing.Message} "
                + "Start the local stack, which makes it, or remove the setting.", missing);
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => system.GetUtcNow().AddTicks(view.ReadInt64(0));

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
