using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Tests.Unit.Architecture;

/// <summary>The product's assemblies and sources, for the rules that are held by tests.</summary>
internal static class Codebase
{
    public static readonly IReadOnlyList<string> AppNames = ["Users", "Subscriptions", "Payments", "Notifications", "Billing"];

    public static readonly IReadOnlyList<Assembly> Apps = [.. AppNames.Select(Assembly.Load)];

    public static readonly Assembly Shared = Assembly.Load("Shared");

    public static string Root { get; } = FindRoot();

    /// <summary>Each HTTP function of the apps and of what they share.</summary>
    public static IEnumerable<MethodInfo> HttpFunctions => Functions.Where(
        method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute))));

    public static IEnumerable<MethodInfo> Functions =>
        from assembly in Apps.Append(Shared)
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(FunctionAttribute))
        select method;

    /// <summary>Hand-written C# below a folder, with its path from the root.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Contains("/obj/") && !path.Contains("/bin/")
        select (path, File.ReadAllText(file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ServerlessBusiness.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
