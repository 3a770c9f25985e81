using System.Runtime.InteropServices;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Everything that means "stop": Ctrl-C, a polite kill, a closed terminal, and the end of the dotnet run that started us.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> registrations;
    private readonly Timer? parentWatch;

    public StopSignals()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
        if (DotnetRun.Id is { } parent)
            parentWatch = new Timer(_ => StopWhenOrphaned(parent), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public CancellationToken Token => stop.Token;

    public void Dispose()
    {
        parentWatch?.Dispose();
        registrations.ForEach(registration => registration.Dispose());
        stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    // "dotnet run" cannot pass on a kill -9; without this the stack would live on behind the back of whoever killed it.
    private void StopWhenOrphaned(int parent)
    {
        if (DotnetRun.ParentId() != parent)
            stop.Cancel();
    }
}
