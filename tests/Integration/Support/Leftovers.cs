using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Support;

/// <summary>
/// What test runs that were killed could not throw away: old folders that nobody holds and whose processes have ended. A young one may be another
/// run's, which stands between a stop and the next start.
/// </summary>
internal static class Leftovers
{
    /// <summary>Held by whoever works in a folder; the launcher's name for it.</summary>
    public const string Lock = "stack.lock";

    private static readonly TimeSpan Old = TimeSpan.FromDays(1);

    public static async Task RemoveAsync(string parent, DateTimeOffset now)
    {
        var folders = Directory.Exists(parent) ? Directory.EnumerateDirectories(parent) : [];
        foreach (var folder in folders.Where(folder => Directory.GetLastWriteTimeUtc(folder) < now.UtcDateTime - Old))
        {
            await using (var held = FileLock.Try(Path.Combine(folder, Lock)))
                if (held is null || Records(folder).Any(ProcessRecord.IsAlive))
                    continue;
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Records(string folder)
    {
        var records = Path.Combine(folder, "run");
        return Directory.Exists(records) ? Directory.EnumerateFiles(records, "*.pid") : [];
    }
}
