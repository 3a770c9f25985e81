using System.Reflection;

namespace ServerlessBusiness.Runtime.Hosting;

// What the process gives the runtime: the types that may hold functions, the folder of its files, and its app settings.
internal sealed record RuntimeOptions(IReadOnlyList<Type> Types, string Directory, Func<string, string?> Setting)
{
    public static RuntimeOptions ForEntryAssembly(Assembly entry)
    {
        var runtime = typeof(RuntimeOptions).Assembly.GetName().Name;
        var assemblies = entry.GetReferencedAssemblies().Where(MayHoldFunctions).Select(Assembly.Load).Prepend(entry)
            .Where(assembly => assembly.GetReferencedAssemblies().Any(name => name.Name == runtime));
        return new RuntimeOptions(
            [.. assemblies.SelectMany(assembly => assembly.GetTypes())], AppContext.BaseDirectory, Environment.GetEnvironmentVariable);
    }

    // Loading the framework's assemblies only to find that none of them knows us would cost a good part of the start.
    private static bool MayHoldFunctions(AssemblyName name) =>
        name.Name is { } text
        && !text.StartsWith("System.", StringComparison.Ordinal)
        && !text.StartsWith("Microsoft.", StringComparison.Ordinal);
}
