using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServerlessBusiness.Local.Processes;

/// <summary>A file that remembers a process by id and start time, so that a later run ends our own leftovers and never a stranger.</summary>
internal static class ProcessRecord
{
    // A second more than a guard gives before it kills by itself.
    private static readonly TimeSpan GuardsTurn = TimeSpan.FromSeconds(11);

    public static void Write(string file, Process process)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {StartOf(process).UtcTicks}"));
    }

    public static async Task EndLeftoverAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return;
        using var process = Find(await File.ReadAllTextAsync(file, cancellationToken));
        if (process is not null)
            await EndAsync(process, cancellationToken);
        File.Delete(file);
    }

    /// <summary>Whether the process that the file remembers still runs.</summary>
    public static bool IsAlive(string file)
    {
        using var process = Find(File.ReadAllText(file));
        return process is not null;
    }

    private static async Task EndAsync(Process process, CancellationToken cancellationToken)
    {
        // Its guard has seen our predecessor go and is ending it cleanly; only what is still there after that is killed.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(GuardsTurn);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
        }
    }

    private static Process? Find(string record)
    {
        var parts = record.Split(' ');
        if (parts.Length != 2 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var ticks))
            return null;
        try
        {
            var process = Process.GetProcessById(id);
            // The start time is derived from the boot time, which two processes may read a little differently.
            if ((StartOf(process) - new DateTimeOffset(ticks, TimeSpan.Zero)).Duration() < TimeSpan.FromSeconds(2))
                return process;
            process.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // No such process any more: the usual case.
            return null;
        }
    }

    private static DateTimeOffset StartOf(Process process)
    {
        try
        {
            return process.StartTime.ToUniversalTime();
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It ended before we could look; a record that matches nothing is right for it.
            return DateTimeOffset.MinValue;
        }
    }
}
