using System.Reflection;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Architecture;

public sealed class DependencyTests
{
    [Fact]
    public void Apps_do_not_reference_each_other()
    {
        var references =
            from app in Codebase.Apps
            from reference in app.GetReferencedAssemblies()
            where Codebase.AppNames.Contains(reference.Name!)
            select $"{app.GetName().Name} → {reference.Name}";

        Assert.Empty(references);
    }

    [Fact]
    public void Store_methods_say_first_whose_rows_they_touch()
    {
        Type[] tenantBound = [typeof(TenantId), typeof(TenantConnection), typeof(TenantTransaction)];
        var offenders =
            from assembly in Codebase.Apps.Append(Codebase.Shared)
            from type in assembly.GetTypes()
            where type.Name.EndsWith("Store", StringComparison.Ordinal)
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where !method.Name.Contains("AcrossTenants")
            let first = method.GetParameters().FirstOrDefault()?.ParameterType
            where first is null || !tenantBound.Contains(first)
            select $"{type.Name}.{method.Name}";

        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_in_the_product_reads_a_clock_but_TimeProvider()
    {
        string[] clocks = ["DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "DateTime.Today"];
        var offenders =
            from source in Codebase.Sources("functions", "shared")
            from clock in clocks
            where source.Text.Contains(clock, StringComparison.Ordinal)
            select $"{source.Path}: {clock}";

        Assert.Empty(offenders);
    }

    [Fact]
    public void A_namespace_is_never_the_name_of_a_type()
    {
        var types = Codebase.Apps.Append(Codebase.Shared).SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("ServerlessBusiness", StringComparison.Ordinal) == true).ToList();
        var segments = types.SelectMany(type => type.Namespace!.Split('.')).ToHashSet();

        Assert.Empty(types.Where(type => type is { IsNested: false } && segments.Contains(type.Name)).Select(type => type.FullName));
    }

    [Fact]
    public void Connections_are_opened_by_the_database_class_only()
    {
        string[] allowed = ["shared/Data/DatabaseOptions.cs", "shared/Migrations/MigrationRunner.cs", "shared/Messaging/LocalTransport.cs"];
        var offenders =
            from source in Codebase.Sources("functions", "shared")
            where source.Text.Contains("NpgsqlDataSource.Create", StringComparison.Ordinal) || source.Text.Contains("new NpgsqlConnection(", StringComparison.Ordinal)
            where !allowed.Contains(source.Path)
            select source.Path;

        Assert.Empty(offenders);
    }

    [Fact]
    public void Sources_have_no_conditional_compilation()
    {
        Assert.Empty(Codebase.Sources("functions", "shared", "infra").Where(source => source.Text.Contains("\n#if", StringComparison.Ordinal)).Select(source => source.Path));
    }

    [Theory]
    [InlineData("Users")]
    [InlineData("Subscriptions")]
    [InlineData("Payments")]
    [InlineData("Notifications")]
    [InlineData("Billing")]
    public void Every_apps_output_holds_the_shared_host_file(string app)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var copy = Path.Combine(Codebase.Root, "functions", app, "bin", configuration, "net10.0", "host.json");

        Assert.Equal(File.ReadAllText(Path.Combine(Codebase.Root, "host.json")), File.ReadAllText(copy));
    }
}
