using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.EndToEnd.Stack;

/// <summary>What the stack and the README tell a newcomer to type, typed.</summary>
public sealed partial class ReadmeJourneyTests
{
    // What a shell may hold for other programs.
    private static readonly Dictionary<string, string> Foreign = new()
    {
        ["PORT"] = "3000",
        ["http_proxy"] = "http://127.0.0.1:1",
        ["no_proxy"] = "localhost,127.0.0.0/8",
        ["NO_PROXY"] = "localhost,127.0.0.0/8",
        ["REDIS_TLS"] = "true",
        ["SMTP_PORT"] = "587",
        ["SMTP_TLS"] = "starttls",
        ["SMTP_USERNAME"] = "somebody",
        ["SMTP_PASSWORD"] = "secret",
    };

    [Fact]
    public async Task What_it_prints_to_try_works_at_every_start_and_so_does_what_the_README_writes()
    {
        using var data = new TemporaryData();
        var ports = StackPorts.Free();
        await using (var first = LauncherProcess.Start(ports, data.Path))
        {
            await first.WaitUntilReadyAsync();
            await AssertPrintedSaleAsync(first, ports, buyers: 1);
            Assert.Equal(HttpStatusCode.Accepted, await FireHousekeepingAsync(ports.Of(FunctionApp.Billing), ""));
            Assert.Equal(HttpStatusCode.NotFound, await FireHousekeepingAsync(ports.Gateway, "billing/"));
            Assert.Equal(HttpStatusCode.NotFound, await FireHousekeepingAsync(ports.Gateway, "Billing/%61dmin/../"));
            Assert.Equal(0, await first.StopAsync());
        }

        // The directory of another program, whose settings are not ours.
        var elsewhere = Directory.CreateDirectory(Path.Combine(data.Path, "elsewhere")).FullName;
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "appsettings.json"), "of another program");
        await using var second = LauncherProcess.StartIn(elsewhere, ports, data.Path, Foreign, "--env-file", "my.env");
        await second.WaitUntilReadyAsync();
        Assert.True(File.Exists(Path.Combine(elsewhere, "my.env")));
        await AssertPrintedSaleAsync(second, ports, buyers: 2);
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
        Assert.Contains("docker compose -f infra/local/compose.yaml up", stack.Output, StringComparison.Ordinal);
        Assert.Contains("POSTGRES_PORT", stack.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--fresh", stack.Output, StringComparison.Ordinal);
    }

    private static async Task AssertPrintedSaleAsync(LauncherProcess stack, StackPorts ports, int buyers)
    {
        var told = await BashAsync(
            stack.Output[stack.Output.IndexOf("GW=", StringComparison.Ordinal)..stack.Output.LastIndexOf("Ctrl-C", StringComparison.Ordinal)]);
        Assert.Contains("\"status\":\"paid\"", told, StringComparison.Ordinal);
        Assert.Contains("subscription is now active", told, StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Equal(buyers, (await client.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{ports.Midtrans}/control/transactions"))!.Count);
    }

    private static async Task<HttpStatusCode> FireHousekeepingAsync(int port, string prefix)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync($"http://127.0.0.1:{port}/{prefix}admin/functions/Housekeeping", new { input = "" });
        return answer.StatusCode;
    }

    // The same text on the ports of this stack.
    private static string Moved(string text, StackPorts ports) => Address().Replace(
        text, address => $"127.0.0.1:{(ports.Base + int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture) - StackPorts.DefaultBase).ToString(CultureInfo.InvariantCulture)}");

    private static async Task<string> BashAsync(string script)
    {
        Assert.NotEmpty(script);
        using var bash = Process.Start(new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        try
        {
            return await bash.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
        finally
        {
            bash.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex("```sh\n(GW=.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sale();

    [GeneratedRegex("`(curl [^`]+/local/clock[^`]+)`", RegexOptions.Singleline)]
    private static partial Regex Clock();

    [GeneratedRegex(@"127\.0\.0\.1:(80\d\d)")]
    private static partial Regex Address();
}
