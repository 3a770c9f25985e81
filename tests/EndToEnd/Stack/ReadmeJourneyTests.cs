using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.EndToEnd.Stack;

/// <summary>What the README tells a newcomer to type, typed.</summary>
public sealed partial class ReadmeJourneyTests
{
    [Fact]
    public async Task The_first_sale_and_the_clock_work_as_the_README_writes_them()
    {
        using var data = new TemporaryData();
        var ports = StackPorts.Free();
        await using var stack = LauncherProcess.Start(ports, data.Path);
        await stack.WaitUntilReadyAsync();

        var readme = await File.ReadAllTextAsync(Path.Combine(BuildOutput.RepositoryRoot(), "README.md"));
        var sale = await BashAsync(Moved(Sale().Match(readme).Groups[1].Value, ports));
        Assert.Contains("\"status\":\"paid\"", sale, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"active\"", sale, StringComparison.Ordinal);
        Assert.Contains("now active", sale, StringComparison.Ordinal);

        var clock = await BashAsync(Moved(Clock().Match(readme).Groups[1].Value, ports));
        Assert.Contains("31.00:00:00", clock, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_containers_the_stack_looks_for_the_engines_of_the_compose_file()
    {
        using var data = new TemporaryData();
        var nobody = StackPorts.Free().Base.ToString(CultureInfo.InvariantCulture);
        await using var stack = LauncherProcess.Start(
            StackPorts.Free(), data.Path, new Dictionary<string, string> { ["POSTGRES_PORT"] = nobody }, "--containers");

        Assert.Equal(1, await stack.WaitForExitAsync());
        Assert.Contains($"on 127.0.0.1:{nobody} could not be migrated", stack.Output, StringComparison.Ordinal);
    }

    // The same text on the ports of this stack.
    private static string Moved(string text, StackPorts ports) => Address().Replace(
        text, address => $"127.0.0.1:{(ports.Base + int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture) - StackPorts.DefaultBase).ToString(CultureInfo.InvariantCulture)}");

    private static async Task<string> BashAsync(string script)
    {
        Assert.NotEmpty(script);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var told = await bash.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await bash.WaitForExitAsync();
        return told;
    }

    [GeneratedRegex("```sh\n(GW=.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sale();

    [GeneratedRegex("`(curl [^`]+/local/clock[^`]+)`", RegexOptions.Singleline)]
    private static partial Regex Clock();

    [GeneratedRegex(@"127\.0\.0\.1:(80\d\d)")]
    private static partial Regex Address();
}
