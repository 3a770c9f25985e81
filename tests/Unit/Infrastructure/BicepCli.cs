using System.Diagnostics;
using System.Reflection;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The Bicep compiler, restored as a package; it needs neither a network nor an account.</summary>
internal static class BicepCli
{
    public static readonly string Infra = Path.Combine(Codebase.Root, "infra");

    /// <summary>The one parameter that has no value of its own: the month in which the budget is made.</summary>
    public const string BudgetStart = "2031-05-01";

    public static string[] Sizes => ["dev", "production"];

    /// <summary>Runs it in the folder of the template and gives all that it wrote.</summary>
    public static (int ExitCode, string Output, string Complaints) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Tools, OperatingSystem.IsWindows() ? "bicep.exe" : "bicep"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        start.Environment["BUDGET_START"] = BudgetStart;
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, complaints.Result);
    }

    private static string Tools =>
        typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "BicepTools").Value!;
}
