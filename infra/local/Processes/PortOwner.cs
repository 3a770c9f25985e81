using System.Globalization;

namespace ServerlessBusiness.Local.Processes;

/// <summary>Finds the program behind a listening port where the system tells (Linux: /proc).</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <summary>" by postgres (pid 123)", or nothing when it cannot be known.</summary>
    public static string Describe(int port)
    {
        if (!OperatingSystem.IsLinux())
            return "";
        string[] tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        var inodes = tables.Where(File.Exists).SelectMany(table => InodesListeningOn(table, port)).ToHashSet();
        var id = Directory.EnumerateDirectories("/proc").Select(ProcessId).FirstOrDefault(id => id is not null && Holds(id, inodes));
        return id is null ? "" : $" by {File.ReadAllText($"/proc/{id}/comm").Trim()} (pid {id})";
    }

    // "  3: 0100007F:1F54 00000000:0000 0A … uid timeout inode": the second field is address:port in hexadecimal, the tenth the inode.
    private static IEnumerable<string> InodesListeningOn(string file, int port) =>
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        let suffix = ':' + port.ToString("X4", CultureInfo.InvariantCulture)
        where fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal)
        select $"socket:[{fields[9]}]";

    private static string? ProcessId(string directory) => Path.GetFileName(directory) is var name && name.All(char.IsAsciiDigit) ? name : null;

    private static bool Holds(string id, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{id}/fd")
                .Any(link => new FileInfo(link).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // Another user's process, or one that has just ended: not knowable.
            return false;
        }
    }
}
