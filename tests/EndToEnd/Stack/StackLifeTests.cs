using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.EndToEnd.Stack;

public sealed class StackLifeTests
{
    [Fact]
    public async Task A_killed_stack_starts_again_with_its_data_and_its_clock()
    {
        using var data = new TemporaryData();
        var ports = StackPorts.Free();
        await using (var first = LauncherProcess.StartToKill(ports, data.Path))
        {
            await first.WaitUntilReadyAsync();
            await ExecuteAsync(ports, "create table kept (note text); insert into kept values ('still here')");
            await AdvanceClockAsync(ports, "40.00:00:00");
            await first.KillAsync();
        }

        // At once, while the guards are still ending what the killed launcher left.
        await using var second = LauncherProcess.Start(ports, data.Path);
        await second.WaitUntilReadyAsync();
        Assert.Equal("still here", await ExecuteAsync(ports, "select note from kept"));
        Assert.Equal("40.00:00:00", await OffsetAsync(ports));
        Assert.All(await StatesAsync(ports), state => Assert.Equal("ready", state));

        Assert.Equal(0, await second.StopAsync());
        Assert.All(Enumerable.Range(ports.Base, StackPorts.Count), port => Assert.True(Ports.IsFree(port), $"port {port} is still taken"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(data.Path, "run")));
    }

    [Fact]
    public async Task Two_stacks_run_side_by_side_each_on_its_own_data_and_what_a_killed_one_leaves_ends_without_a_next_start()
    {
        using var leftData = new TemporaryData();
        using var rightData = new TemporaryData();
        var (left, right) = (StackPorts.Free(), StackPorts.Free());
        await using var leftStack = LauncherProcess.Start(left, leftData.Path);
        await leftStack.WaitUntilReadyAsync();
        await ExecuteAsync(left, "create table kept (note text)");
        // Waits while the other one starts.
        await using var refused = LauncherProcess.Start(StackPorts.Free(), leftData.Path, null, "--engines-only");
        await using var rightStack = LauncherProcess.StartToKill(right, rightData.Path, "--fresh", "--no-seed");
        await rightStack.WaitUntilReadyAsync();

        await AdvanceClockAsync(right, "1.00:00:00");
        Assert.Equal("00:00:00", await OffsetAsync(left));
        Assert.Equal(true, await ExecuteAsync(left, "select to_regclass('kept') is not null"));
        Assert.Equal(false, await ExecuteAsync(right, "select to_regclass('kept') is not null"));
        // Without demo data there is nobody to try anything as.
        Assert.Contains("Try it", leftStack.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Try it", rightStack.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Demo-", rightStack.Output, StringComparison.Ordinal);
        Assert.All(await StatesAsync(left), state => Assert.Equal("ready", state));
        Assert.All(await StatesAsync(right), state => Assert.Equal("ready", state));
        Assert.Equal(1, await refused.WaitForExitAsync());
        Assert.Contains("Another stack is running on the data directory", refused.Output, StringComparison.Ordinal);

        var records = Directory.GetFiles(Path.Combine(rightData.Path, "run"));
        Assert.NotEmpty(records);
        await rightStack.KillAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(!records.Any(ProcessRecord.IsAlive)), "Processes of the killed stack live on.");
        Assert.All(await StatesAsync(left), state => Assert.Equal("ready", state));
    }

    private static async Task<object?> ExecuteAsync(StackPorts ports, string sql)
    {
        await using var connection = new NpgsqlConnection(LauncherProcess.ConnectionString(ports));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task AdvanceClockAsync(StackPorts ports, string by)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync($"http://127.0.0.1:{ports.Gateway}/local/clock", new { advance = by });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string?> OffsetAsync(StackPorts ports)
    {
        using var client = new HttpClient();
        return (await client.GetFromJsonAsync<JsonObject>($"http://127.0.0.1:{ports.Gateway}/local/clock"))?["offset"]?.GetValue<string>();
    }

    private static async Task<IEnumerable<string?>> StatesAsync(StackPorts ports)
    {
        using var client = new HttpClient();
        var parts = await client.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{ports.Gateway}/local/status");
        return parts!.Select(part => part?["state"]?.GetValue<string>());
    }
}
