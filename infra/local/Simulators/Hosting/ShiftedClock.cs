using System.IO.MemoryMappedFiles;

namespace ServerlessBusiness.Simulators.Hosting;

// The clock of the local stack: system time plus the offset in ticks that the stack keeps in an 8-byte file.
public sealed class ShiftedClock : TimeProvider, IDisposable
{
    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;

    public ShiftedClock(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length < sizeof(long))
            throw new InvalidOperationException(
                $"LOCAL_CLOCK_FILE names '{path}', which is not a file of 8 bytes; " +
                "start the simulators from the stack or leave the setting out.");
        _file = MemoryMappedFile.CreateFromFile(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite),
            mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, sizeof(long), MemoryMappedFileAccess.Read);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(_view.ReadInt64(0));

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
