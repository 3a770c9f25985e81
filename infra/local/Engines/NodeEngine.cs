using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>What the engines that run under Node have in common.</summary>
public abstract class NodeEngine(string name, string part, StackFolder folder) : IEngine
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private ChildProcess? server;

    public string Name => name;
    public abstract string Url { get; }
    public string LogFile => folder.Log(part);

    public event Action<string>? Died;

    protected StackFolder Folder => folder;

    protected abstract string[] NodeArguments();
    protected abstract IReadOnlyDictionary<string, string?> NodeEnvironment();
    protected abstract Task<string?> AskAsync(CancellationToken cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.Of(part));
        var command = new ChildCommand(name, "node", NodeArguments(), LogFile, folder.Record(part)) { Environment = NodeEnvironment() };
        this.server = await ChildProcess.StartAsync(command, cancellationToken);
        this.server.Died += server => Died?.Invoke($"{name} ended by itself with exit code {server.ExitCode}; its log is {LogFile}. "
            + "Start the stack again.");
        await Readiness.WaitAsync(name, AskAsync, ReadyWithin, this.server, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (this.server is not null)
            await this.server.StopAsync();
    }

    public Task KillAsync() => this.server?.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (this.server is not null)
            await this.server.DisposeAsync();
    }
}
