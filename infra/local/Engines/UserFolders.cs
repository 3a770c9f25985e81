using System.Diagnostics;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>Where the stack may keep things outside the source tree.</summary>
public static class UserFolders
{
    private const string Product = "serverless-business";
    private const string RootsHome = "/var/tmp/serverless-business-root";

    internal static bool IsLinuxRoot => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Holds what can be downloaded again; shared by every clone and every test run of this user.</summary>
    public static string Cache => Choose("XDG_CACHE_HOME", "cache");

    /// <summary>Holds the data of the stacks.</summary>
    public static string Data => Choose("XDG_DATA_HOME", "data");

    /// <summary>Creates a directory and those above it that are missing. Root's let other users pass, whatever his umask says.</summary>
    internal static void Create(string path)
    {
        var missing = new List<string>();
        for (var directory = new DirectoryInfo(path); directory is { Exists: false }; directory = directory.Parent)
            missing.Add(directory.FullName);
        Directory.CreateDirectory(path);
        if (IsLinuxRoot)
            missing.ForEach(LetOthersPass);
    }

    /// <summary>
    /// The directory on the way that lets no other user pass, if there is one: a server that gave up root must reach its own libraries and data.
    /// </summary>
    internal static string? ClosedToOthers(string path)
    {
        for (var directory = new DirectoryInfo(path); directory is not null; directory = directory.Parent)
            if (directory.Exists && !OperatingSystem.IsWindows() && !directory.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return directory.FullName;
        return null;
    }

    private static string Choose(string variable, string kind)
    {
        var home = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? given
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (IsLinuxRoot && (home.Length == 0 || ClosedToOthers(home) is not null))
            return Path.Combine(OwnedByRoot(), kind);
        if (home.Length == 0)
            throw new StackException($"No home directory is known for this user: set HOME, or {variable}, to a directory that the "
                + "user may write to.");
        return Path.Combine(home, Product, kind);
    }

    // Anyone may create a directory below /var/tmp. Root must not run programs from one that somebody else has put there.
    private static string OwnedByRoot()
    {
        Directory.CreateDirectory(RootsHome);
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u", RootsHome]) { RedirectStandardOutput = true })!;
        var owner = stat.StandardOutput.ReadToEnd().Trim();
        stat.WaitForExit();
        if (owner != "0")
            throw new StackException($"{RootsHome} belongs to user {owner}, not to root, and cannot "
                + "be trusted. Remove it, or set XDG_CACHE_HOME and XDG_DATA_HOME.");
        // Not before it is known whose it is: what somebody else has put there may be a link to a directory that is closed on purpose.
        LetOthersPass(RootsHome);
        return RootsHome;
    }

    private static void LetOthersPass(string directory)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(directory) is var mode && !mode.HasFlag(UnixFileMode.OtherExecute))
            File.SetUnixFileMode(directory, mode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }
}
