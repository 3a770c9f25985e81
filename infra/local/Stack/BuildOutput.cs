using System.Reflection;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Finds the programs that were built together with the launcher.</summary>
internal static class BuildOutput
{
    // "bin/Debug/net10.0": every project of the solution builds alike.
    private static readonly string OutputPath = typeof(BuildOutput).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "OutputPath").Value!;

    public static string Dll(string folder, string project)
    {
        var dll = Path.Combine(RepositoryRoot(), folder, OutputPath, project + ".dll");
        return File.Exists(dll) ? dll : throw new StackException($"{dll} does not exist: build the solution first (dotnet build), "
            + "in the same configuration.");
    }

    // Tests run from their own output folder, so the root is looked for upwards.
    public static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "ServerlessBusiness.sln")))
                return directory.FullName;
        throw new StackException($"ServerlessBusiness.sln was not found above {AppContext.BaseDirectory}: the stack runs from "
            + "within its clone.");
    }
}
