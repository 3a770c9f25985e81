using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The folder of one stack, held by one launcher at a time.</summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private const long NeededMegabytes = 500;

    // A launcher notices after a second that its "dotnet run" was killed, and its parts end one after the other.
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(1);
    private static readonly string[] Contents = ["postgres", "postgres.new", "redis", "clickhouse", "azurite", "simulators", "logs", "run"];

    private readonly FileLock held;

    private DataFolder(StackFolder folder, FileLock held)
    {
        Folder = folder;
        this.held = held;
    }

    public StackFolder Folder { get; }
    public string ClockPath => Folder.Of("clock");
    public string EnvironmentFile => Folder.Of("stack.env");

    /// <param name="say">Told what it waits for.</param>
    public static async Task<DataFolder> TakeAsync(StackOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        if (options.Fresh && GivenEngines.Named is { Count: > 0 } given)
            throw new StackException($"--fresh empties what this stack runs itself, and {string.Join(", ", given)} "
                + $"{(given.Count == 1 ? "names a server" : "name servers")} that it does not: empty them yourself (for containers: "
                + "`docker compose down --volumes`) and start without --fresh.");
        var folder = new StackFolder(options.DataFolder ?? DefaultFor(options.PortBase));
        var held = await HoldAsync(folder, say, cancellationToken);
        try
        {
            await EndLeftoversAsync(folder, say, cancellationToken);
            var data = new DataFolder(folder, held);
            if (options.Fresh)
                data.Empty();
            data.EnsureRoom();
            return data;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => this.held.DisposeAsync();

    private static async Task<FileLock> HoldAsync(StackFolder folder, Action<string> say, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StopsWithin);
        try
        {
            return await FileLock.WaitAsync(
                folder.Of("stack.lock"), () => say("Another stack uses this data directory. Waiting for a moment, it may be stopping."), patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StackException($"Another stack is running on the data directory {folder.Root}. Stop it, or start this one "
                + "beside it with --port-base, for example --port-base 9020 (and another --data if you give one).");
        }
    }

    // All at once: where their guards were killed as well, each is waited for in vain.
    private static async Task EndLeftoversAsync(StackFolder folder, Action<string> say, CancellationToken cancellationToken)
    {
        string[] records = Directory.Exists(folder.Of("run")) ? Directory.GetFiles(folder.Of("run")) : [];
        var ending = Task.WhenAll(records.Select(record => ProcessRecord.EndLeftoverAsync(record, cancellationToken)));
        if (await Task.WhenAny(ending, Task.Delay(Unnoticed, cancellationToken)) != ending)
            say("An earlier stack was killed; waiting until all that it left has ended.");
        await ending;
    }

    // Only what a stack makes is removed: --data may name a folder that holds other things as well.
    private void Empty()
    {
        foreach (var part in Contents.Select(Folder.Of).Where(Directory.Exists))
            Directory.Delete(part, recursive: true);
        File.Delete(ClockPath);
    }

    private void EnsureRoom()
    {
        var free = new DriveInfo(Folder.Root).AvailableFreeSpace / 1024 / 1024;
        if (free < NeededMegabytes)
            throw new StackException($"The disk of {Folder.Root} has {free} MB left and a stack needs {NeededMegabytes} MB. Free "
                + "some space, or choose a folder on another disk with --data.");
    }

    // A clone's data are its own: another clone may hold other migrations.
    private static string DefaultFor(int portBase)
    {
        var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(BuildOutput.RepositoryRoot())))[..8];
        return Path.Combine(UserFolders.Data, string.Create(CultureInfo.InvariantCulture, $"{portBase}-{clone}"));
    }
}
