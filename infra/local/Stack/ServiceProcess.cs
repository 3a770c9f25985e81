using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>A program of ours that answers over HTTP. After a stop or a kill it can be started again on the same port.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly ChildCommand command;
    private readonly IReadOnlyList<Uri> readyUrls;
    private ChildProcess? process;

    private ServiceProcess(
        string name, string dll, StackFolder folder, IReadOnlyDictionary<string, string?> settings, params string[] readyUrls)
    {
        Name = name;
        this.readyUrls = [.. readyUrls.Select(url => new Uri(url))];
        command = new ChildCommand(name, "dotnet", [dll], folder.Log(name), folder.Record(name))
        {
            WorkingDirectory = Path.GetDirectoryName(dll)!,
            Environment = settings,
        };
    }

    public string Name { get; }
    public Uri BaseAddress => new(this.readyUrls[0], "/");
    public string LogFile => command.LogFile;
    public int ProcessId => Running.Id;
    public bool HasExited => this.process is not { HasExited: false };

    /// <summary>Raised with a sentence and the last lines of its log when it ends without having been asked to.</summary>
    public event Action<string>? Died;

    private ChildProcess Running => this.process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <param name="changes">Settings that differ from the local ones; null removes one.</param>
    public static ServiceProcess App(
        FunctionApp app, StackEndpoints stack, StackFolder folder, IReadOnlyDictionary<string, string?>? changes = null) => new(
        app.Name, BuildOutput.Dll($"functions/{app.Folder}", app.Folder), folder, Changed(LocalSettings.For(app, stack), changes),
        stack.Url(app) + "/health/ready");

    /// <param name="changes">Settings that differ from the local ones; null removes one.</param>
    public static ServiceProcess Simulators(StackEndpoints stack, StackFolder folder, IReadOnlyDictionary<string, string?>? changes = null) => new(
        "simulators", BuildOutput.Dll("infra/local/Simulators", "Simulators"), folder,
        Changed(LocalSettings.ForSimulators(stack, folder.Of("simulators")), changes),
        [.. new[] { stack.Ports.Midtrans, stack.Ports.Telegram, stack.Ports.Mail }.Select(port => $"http://127.0.0.1:{port}/control/health")]);

    /// <summary>Returns once it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (this.process is not null)
            await this.process.DisposeAsync();
        this.process = await ChildProcess.StartAsync(command, cancellationToken);
        this.process.Died += process => Died?.Invoke($"{Name} ended by itself with exit code {process.ExitCode}. The end of "
            + $"{LogFile}:\n{process.LogTail()}");
        using var client = new HttpClient();
        foreach (var url in this.readyUrls)
            await Readiness.WaitAsync(Name, token => AskAsync(client, url, token), ReadyWithin, this.process, cancellationToken);
    }

    public Task StopAsync() => this.process?.StopAsync() ?? Task.CompletedTask;

    /// <summary>Ends it as a crash would.</summary>
    public Task KillAsync() => Running.KillAsync();

    public Task WaitForExitAsync(CancellationToken cancellationToken) => Running.WaitForExitAsync(cancellationToken);

    public string LogTail(int lines = 40) => Running.LogTail(lines);

    public ValueTask DisposeAsync() => this.process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<string?> AskAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(url, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"{url} answers {(int)answer.StatusCode}: "
                + $"{await answer.Content.ReadAsStringAsync(cancellationToken)}";
        }
        catch (HttpRequestException exception)
        {
            return $"{url} cannot be reached: {exception.Message}";
        }
    }

    private static Dictionary<string, string?> Changed(Dictionary<string, string?> settings, IReadOnlyDictionary<string, string?>? changes)
    {
        foreach (var (name, value) in changes ?? new Dictionary<string, string?>())
            settings[name] = value;
        return settings;
    }
}
