using System.Globalization;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Performance.Stage;

// This program as a server in a process of its own, so that what is compared runs alike.
internal sealed class SelfProcess : IAsyncDisposable
{
    public const string PortSetting = "FUNCTIONS_PORT";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly ChildProcess process;

    private SelfProcess(ChildProcess process, int port)
    {
        this.process = process;
        BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri BaseAddress { get; }

    public int ProcessId => process.Id;

    public static async Task<SelfProcess> StartAsync(
        string role, IReadOnlyDictionary<string, string?> settings, StackFolder folder, CancellationToken cancellationToken)
    {
        var port = Ports.FreeBlock(1);
        var name = $"{role.TrimStart('-')}-{port}";
        var command = new ChildCommand(name, "dotnet", [typeof(SelfProcess).Assembly.Location, role], folder.Log(name), folder.Record(name))
        {
            WorkingDirectory = AppContext.BaseDirectory,
            Environment = new Dictionary<string, string?>(settings) { [PortSetting] = port.ToString(CultureInfo.InvariantCulture) },
        };
        var self = new SelfProcess(await ChildProcess.StartAsync(command, cancellationToken), port);
        try
        {
            using var client = new HttpClient { BaseAddress = self.BaseAddress };
            await Readiness.WaitAsync(name, token => AskAsync(client, token), ReadyWithin, self.process, cancellationToken);
        }
        catch
        {
            await self.DisposeAsync();
            throw;
        }

        return self;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<string?> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync("/health/ready", cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"it answers {(int)answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }
}
