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

    /// <summary>Whether every directory on the way lets other users pass: a server that gave up root must reach its own libraries.</summary>
    internal static bool OthersCanEnter(string path)
    {
        for (var directory = new DirectoryInfo(path); directory is not null; directory = directory.Parent)
            if (directory.Exists && !OperatingSystem.IsWindows() && !directory.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        return true;
    }

    private static string Choose(string variable, string kind)
    {
        var home = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? given
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (IsLinuxRoot && (home.Length == 0 || !OthersCanEnter(home)))
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
        return owner == "0" ? RootsHome : throw new StackException($"{RootsHome} belongs to user {owner}, not to root, and cannot "
            + "be trusted. Remove it, or set XDG_CACHE_HOME and XDG_DATA_HOME.");
    }
}
