using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.EndToEnd.Stack;

public sealed class StackTroubleTests
{
    [Fact]
    public async Task A_taken_port_is_named_with_its_holder_and_the_way_out()
    {
        using var data = new TemporaryData();
        var ports = StackPorts.Free();
        using var stranger = new TcpListener(IPAddress.Loopback, ports.Engines.Postgres);
        stranger.Start();
        await using var launcher = LauncherProcess.Start(ports, data.Path, null, "--engines-only");

        Assert.Equal(1, await launcher.WaitForExitAsync());
        Assert.Contains($"Port {ports.Engines.Postgres}, which PostgreSQL needs, is taken", launcher.Output, StringComparison.Ordinal);
        Assert.Contains("--port-base", launcher.Output, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains($"(pid {Environment.ProcessId})", launcher.Output, StringComparison.Ordinal);
        AssertNoStackTrace(launcher);
    }

    [Fact]
    public async Task An_engine_that_dies_ends_the_stack_with_a_sentence()
    {
        using var data = new TemporaryData();
        // Folders that are not there yet: PostgreSQL, which gives up root, gets through them whatever the shell thinks of others.
        var folder = Path.Combine(data.Path, "new");
        await using var launcher = LauncherProcess.StartPrivately(StackPorts.Free(), folder, "--engines-only");
        await launcher.WaitUntilReadyAsync();
        await KillPostgresAsync(folder);

        Assert.Equal(1, await launcher.WaitForExitAsync());
        Assert.Contains("PostgreSQL ended by itself", launcher.Output, StringComparison.Ordinal);
        AssertNoStackTrace(launcher);
    }

    [Fact]
    public async Task An_engine_that_dies_while_others_start_is_named_and_nothing_else_is()
    {
        using var data = new TemporaryData();
        var ports = StackPorts.Free();
        // A server that takes the question and never answers: the stack is starting for as long as it waits.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var given = new Dictionary<string, string>
        {
            ["CLICKHOUSE_HOST"] = "127.0.0.1",
            ["CLICKHOUSE_PORT"] = ((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture),
        };
        await using var launcher = LauncherProcess.Start(ports, data.Path, given, "--engines-only");
        await Eventually.HoldsAsync(() => HasDatabaseAsync(ports), () => launcher.Output);
        await KillPostgresAsync(data.Path);

        Assert.Equal(1, await launcher.WaitForExitAsync());
        Assert.Contains("PostgreSQL ended by itself", launcher.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be migrated", launcher.Output, StringComparison.Ordinal);
        AssertNoStackTrace(launcher);
    }

    [Fact]
    public async Task Missing_Node_is_said_with_what_to_install()
    {
        using var data = new TemporaryData();
        var path = Directory.CreateDirectory(data.Path + "-path").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(path, "stat"), "/usr/bin/stat");
            await using var launcher = LauncherProcess.Start(
                StackPorts.Free(), data.Path, new Dictionary<string, string> { ["PATH"] = path }, "--engines-only");

            Assert.Equal(1, await launcher.WaitForExitAsync());
            Assert.Contains("Node.js was not found on the PATH", launcher.Output, StringComparison.Ordinal);
            AssertNoStackTrace(launcher);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task A_given_server_without_its_owner_is_refused_by_the_name_of_the_setting()
    {
        using var data = new TemporaryData();
        var given = new Dictionary<string, string> { ["POSTGRES_HOST"] = "127.0.0.1", ["POSTGRES_USER"] = "" };
        await using var launcher = LauncherProcess.Start(StackPorts.Free(), data.Path, given, "--engines-only");

        Assert.Equal(1, await launcher.WaitForExitAsync());
        Assert.Contains("set POSTGRES_USER as well", launcher.Output, StringComparison.Ordinal);
        AssertNoStackTrace(launcher);
    }

    [Fact]
    public async Task Starting_empty_on_a_given_server_is_refused_before_anything_is_removed()
    {
        using var data = new TemporaryData();
        var clock = Path.Combine(Directory.CreateDirectory(data.Path).FullName, "clock");
        await File.WriteAllTextAsync(clock, "0");
        var given = new Dictionary<string, string> { ["REDIS_HOST"] = "127.0.0.1" };
        await using var launcher = LauncherProcess.Start(StackPorts.Free(), data.Path, given, "--engines-only", "--fresh");

        Assert.Equal(1, await launcher.WaitForExitAsync());
        Assert.Contains("REDIS_HOST names a server", launcher.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(clock));
        AssertNoStackTrace(launcher);
    }

    private static async Task KillPostgresAsync(string data)
    {
        var record = await File.ReadAllTextAsync(Path.Combine(data, "run", "postgres.pid"));
        using var postgres = Process.GetProcessById(int.Parse(record.Split(' ')[0], CultureInfo.InvariantCulture));
        postgres.Kill();
    }

    private static async Task<bool> HasDatabaseAsync(StackPorts ports)
    {
        await using var connection = new NpgsqlConnection(LauncherProcess.ConnectionString(ports));
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void AssertNoStackTrace(LauncherProcess launcher) => Assert.DoesNotContain("   at ", launcher.Output, StringComparison.Ordinal);
}
