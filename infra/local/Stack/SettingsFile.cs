namespace ServerlessBusiness.Local.Stack;

/// <summary>The settings as NAME=value lines, for a shell or a debugger that runs one app beside the stack.</summary>
internal static class SettingsFile
{
    public static void Write(string path, StackEndpoints stack)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var lines = LocalSettings.Shared(stack).Where(setting => setting.Value is not null)
            .OrderBy(setting => setting.Key, StringComparer.Ordinal)
            .Select(setting => $"{setting.Key}='{setting.Value!.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        File.WriteAllLines(path, ["# Written by the local stack at each start; in a shell: set -a; . ./stack.env; set +a", .. lines]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
