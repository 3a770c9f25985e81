namespace ServerlessBusiness.Local.Processes;

/// <summary>Mutual exclusion between processes. The system releases it when its holder dies.</summary>
public sealed class FileLock : IAsyncDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly FileStream stream;

    private FileLock(FileStream stream) => this.stream = stream;

    /// <summary>Null when another process holds it.</summary>
    public static FileLock? Try(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return new FileLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    /// <param name="onWait">Called once when it must wait.</param>
    public static async Task<FileLock> WaitAsync(string file, Action onWait, CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            if (Try(file) is { } taken)
                return taken;
            if (!told)
                onWait();
            told = true;
            await Task.Delay(BetweenTries, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
