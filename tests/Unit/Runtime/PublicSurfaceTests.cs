using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Runtime;

// Code that compiles against the local runtime has to compile, without a warning, against the real packages too: the runtime's public surface is
// a subset of theirs, signature by signature.
public sealed class PublicSurfaceTests
{
    private static readonly Dictionary<string, HashSet<string>> Real = Read();

    public static TheoryData<string> Types => [.. typeof(FunctionAttribute).Assembly.GetExportedTypes().Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_runtime_offers_nothing_that_the_real_packages_lack(string type)
    {
        Assert.True(Real.TryGetValue(type, out var known), $"The real packages have no type {type}.");

        Assert.Empty(Ours(type).Except(known));
    }

    // Otherwise a class of ours that implements or derives would lack a member there.
    [Theory]
    [MemberData(nameof(Types))]
    public void The_runtime_asks_an_implementation_for_all_that_the_real_packages_ask(string type)
    {
        Assert.True(Real.TryGetValue(type, out var known), $"The real packages have no type {type}.");

        Assert.Empty(known.Where(line => line.StartsWith("abstract ", StringComparison.Ordinal)).Except(Ours(type)));
    }

    [Fact]
    public void A_difference_in_any_part_of_a_signature_is_seen()
    {
        var one = PublicSurface.Of(typeof(SurfaceSample)).ToHashSet();
        var other = PublicSurface.Of(typeof(OtherSurfaceSample)).ToHashSet();

        Assert.Equal(
            [
                "System.String Text(System.Int32 number = 1)", "base()", "class", "derive", "get System.String? Name", "is System.Attribute",
                "new()", "on Method", "set System.String? Name",
            ],
            one.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["System.String? Text(System.Int32 number = 2)", "get System.String Name", "init System.String Name", "on Parameter"],
            other.Except(one).Order(StringComparer.Ordinal));
    }

    private static IReadOnlyList<string> Ours(string type) => PublicSurface.Of(typeof(FunctionAttribute).Assembly.GetType(type, throwOnError: true)!);

    private static Dictionary<string, HashSet<string>> Read()
    {
        var types = new Dictionary<string, HashSet<string>>();
        HashSet<string> current = [];
        foreach (var line in File.ReadLines(Path.Combine(Codebase.Root, "tests", "Unit", "Runtime", "worker-surface.txt")))
        {
            if (line.StartsWith(' '))
                current.Add(line.Trim());
            else if (!line.StartsWith('#'))
                types.Add(line, current = []);
        }

        return types;
    }
}

[AttributeUsage(AttributeTargets.Method)]
public class SurfaceSample : Attribute
{
    public string? Name { get; set; }

    public string Text(int number = 1) => $"{Name}{number}";
}

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OtherSurfaceSample : Attribute
{
    public string Name { get; init; } = "";

    public string? Text(int number = 2) => number == 0 ? null : Name;
}
