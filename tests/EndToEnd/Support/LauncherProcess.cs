using System.Diagnostics;
using System.Globalization;
using System.Text;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Support;

/// <summary>The real launcher, started as a person would start it, on ports and data of its own.</summary>
public sealed class LauncherProcess : IAsyncDisposable
{
    private const string LastLine = "Ctrl-C stops everything.";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LauncherProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    public static LauncherProcess Start(
        StackPorts ports, string data, IReadOnlyDictionary<string, string>? environment = null, params string[] options) =>
        StartIn("", ports, data, environment, options);

    /// <summary>From a shell that stands in that directory.</summary>
    public static LauncherProcess StartIn(
        string directory, StackPorts ports, string data, IReadOnlyDictionary<string, string>? environment, params string[] options)
    {
        var start = Describe(Command(ports, data, options));
        start.WorkingDirectory = directory;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new LauncherProcess(start);
    }

    /// <summary>From a shell whose new folders are its user's alone.</summary>
    public static LauncherProcess StartPrivately(StackPorts ports, string data, params string[] options) => new(Describe(
        [.. OperatingSystem.IsWindows() ? [] : new[] { "/bin/sh", "-c", "umask 077; exec \"$@\"", "sh" }, .. Command(ports, data, options)]));

    /// <summary>Of the stack's database, for its owner.</summary>
    public static string ConnectionString(StackPorts ports) => $"Host=127.0.0.1;Port={ports.Engines.Postgres};Username={PostgresEngine.Owner};"
        + $"Password={LocalSettings.EnginePassword};Database=ai_trading;Pooling=false";

    /// <summary>For <see cref="KillAsync"/>: on Linux in a process group of its own.</summary>
    public static LauncherProcess StartToKill(StackPorts ports, string data, params string[] options) =>
        new(Describe([.. OperatingSystem.IsLinux() ? new[] { "setsid" } : [], .. Command(ports, data, options)]));

    public async Task WaitUntilReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        await Task.WhenAny(ready.Task, ended).WaitAsync(Deadline);
        Assert.True(ready.Task.IsCompleted, Output);
    }

    public async Task<int> WaitForExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return process.ExitCode;
    }

    /// <summary>As Ctrl-C or a polite kill would.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await WaitForExitAsync();
    }

    /// <summary>Kills it, with its process group if it has one, as a CI that gives up does.</summary>
    public async Task KillAsync()
    {
        if (OperatingSystem.IsLinux())
        {
            using var kill = Process.Start("kill", ["-KILL", "--", string.Create(CultureInfo.InvariantCulture, $"-{process.Id}")]);
            await kill.WaitForExitAsync();
        }
        else
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await StopAsync();
        process.Dispose();
    }

    private static string[] Command(StackPorts ports, string data, string[] options)
    {
        var dotnet = Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        var portBase = ports.Base.ToString(CultureInfo.InvariantCulture);
        return [dotnet, BuildOutput.Dll("infra/local", "Local"), "--port-base", portBase, "--data", data, .. options];
    }

    private static ProcessStartInfo Describe(string[] command) =>
        new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
        if (line == LastLine)
            ready.TrySetResult();
    }
}
