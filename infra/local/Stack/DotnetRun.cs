using System.Globalization;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The "dotnet run" that started this process, where the system tells (Linux: /proc).</summary>
internal static class DotnetRun
{
    /// <summary>Null when we were started in another way.</summary>
    public static int? Id { get; } =
        ParentId() is { } parent && CommandLine(parent) is [var program, "run", ..] && Path.GetFileName(program) == "dotnet" ? parent : null;

    public static int? ParentId()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // "123 (a name) S 45 …": the name may hold anything, so what counts begins behind the last bracket.
        var stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string[] CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // It has ended in the meantime.
            return [];
        }
    }
}
