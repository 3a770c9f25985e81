using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>The functions of the running app by name, so that middleware can read what a method states about itself.</summary>
public sealed class FunctionCatalog
{
    private readonly FrozenDictionary<string, MethodInfo> methods;

    // Asked several times in every request, and reading an attribute from metadata makes it anew each time.
    private readonly FrozenDictionary<string, Attribute[]> attributes;

    public FunctionCatalog(Assembly app)
    {
        methods = Find(app).Concat(Find(typeof(FunctionCatalog).Assembly))
            .ToFrozenDictionary(method => method.GetCustomAttribute<FunctionAttribute>()!.Name);
        attributes = methods.ToFrozenDictionary(method => method.Key, method => method.Value.GetCustomAttributes().ToArray());
    }

    public IEnumerable<MethodInfo> Methods => methods.Values;

    /// <summary>The attribute of that kind on the function's method, or null.</summary>
    public T? Attribute<T>(string function) where T : Attribute
    {
        foreach (var attribute in attributes.GetValueOrDefault(function, []))
            if (attribute is T wanted)
                return wanted;
        return null;
    }

    private static IEnumerable<MethodInfo> Find(Assembly assembly) =>
        from type in assembly.GetTypes()
        where type is { IsClass: true, IsNested: false }
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(FunctionAttribute))
        select method;
}
