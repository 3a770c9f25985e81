using System.Diagnostics;

namespace ServerlessBusiness.Local.Processes;

/// <summary>
/// A process that never outlives us. It ends when it is asked to, and also when we are killed: its guard then sees our end of a pipe close.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    // The shell turns into the program (exec), so the id we hold is the program's own. Beside it waits a guard that reads our pipe.
    // The end of the pipe means that it must stop; a line means that it has ended by itself and its id must not be signalled any more.
    // A session of its own keeps Ctrl-C away from it: we stop the children ourselves, in order. The guard has one too, so that whoever
    // kills our whole process group does not kill it with us.
    private const string Guard = """
        signal=$1; log=$2; shift 2
        exec 3<&0
        if command -v setsid >/dev/null; then apart=setsid; else apart=; fi
        ( $apart /bin/sh -c '
            trap "" INT TERM HUP
            read -r line <&3 && exit 0
            kill -"$1" $2
            tenths=100
            while [ $tenths -gt 0 ]; do
                sleep 0.1
                kill -0 $2 || exit 0
                tenths=$((tenths - 1))
            done
            kill -KILL $2
        ' guard "$signal" $$ </dev/null >/dev/null 2>&1 & )
        exec </dev/null >>"$log" 2>&1 3<&-
        exec $apart "$@"
        """;

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(12);
    private const int LargestLog = 16 * 1024 * 1024;

    private readonly ChildCommand command;
    private readonly Process process;
    private readonly Lock pipe = new();
    private volatile bool asked;
    private bool disposed;

    private ChildProcess(ChildCommand command, Process process)
    {
        this.command = command;
        this.process = process;
    }

    public string Name => this.command.Name;
    public string LogFile => this.command.LogFile;
    public int Id => this.process.Id;
    public bool HasExited => this.process.HasExited;
    public int ExitCode => this.process.ExitCode;

    /// <summary>Raised once when it ends without having been asked to.</summary>
    public event Action<ChildProcess>? Died;

    /// <summary>Ends what an earlier run left under the same record, then starts the program.</summary>
    public static async Task<ChildProcess> StartAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        await ProcessRecord.EndLeftoverAsync(command.PidFile, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        if (new FileInfo(command.LogFile) is { Exists: true, Length: > LargestLog })
            File.Move(command.LogFile, command.LogFile + ".old", overwrite: true);

        var process = new Process { StartInfo = Describe(command), EnableRaisingEvents = true };
        var child = new ChildProcess(command, process);
        process.Exited += (_, _) => child.OnExited();
        process.Start();
        if (OperatingSystem.IsWindows())
            WindowsLog.Pump(process, command.LogFile);
        ProcessRecord.Write(command.PidFile, process);
        return child;
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => this.process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks it to end, waits, and kills it when it has not ended after twelve seconds.</summary>
    public async Task StopAsync()
    {
        this.asked = true;
        if (OperatingSystem.IsWindows())
            this.process.Kill(entireProcessTree: true);
        lock (this.pipe)
            this.process.StandardInput.Close();
        await EndAsync();
    }

    /// <summary>Ends it as a crash would: no signal that it could answer.</summary>
    public async Task KillAsync()
    {
        this.asked = true;
        this.process.Kill();
        ReleaseGuard();
        await EndAsync();
    }

    public string LogTail(int lines = 15) => File.Exists(LogFile) ? string.Join('\n', ReadLog().Split('\n').TakeLast(lines)) : "";

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (!this.process.HasExited)
            await StopAsync();
        this.process.Dispose();
    }

    private async Task EndAsync()
    {
        using var deadline = new CancellationTokenSource(StopDeadline);
        try
        {
            await this.process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            this.process.Kill();
            await this.process.WaitForExitAsync(CancellationToken.None);
        }
        File.Delete(this.command.PidFile);
    }

    private void OnExited()
    {
        if (this.asked)
            return;
        ReleaseGuard();
        Died?.Invoke(this);
    }

    private void ReleaseGuard()
    {
        lock (this.pipe)
        {
            try
            {
                this.process.StandardInput.WriteLine("gone");
                this.process.StandardInput.Close();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The guard was killed with its program, or we have just closed the pipe ourselves: nobody is left to tell.
            }
        }
    }

    private string ReadLog()
    {
        using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        stream.Seek(Math.Max(0, stream.Length - 64 * 1024), SeekOrigin.Begin);
        return reader.ReadToEnd().TrimEnd();
    }

    private static ProcessStartInfo Describe(ChildCommand command)
    {
        string[] guarded = ["-c", Guard, "sh", command.StopSignal, command.LogFile, command.FileName, .. command.Arguments];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(command.FileName, command.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            : new ProcessStartInfo("/bin/sh", guarded);
        start.RedirectStandardInput = true;
        start.WorkingDirectory = command.WorkingDirectory;
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return start;
    }
}
