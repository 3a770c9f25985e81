using System.ComponentModel;
using System.Diagnostics;

namespace ServerlessBusiness.Local.Processes;

/// <summary>Runs a short command to its end.</summary>
internal static class Tool
{
    public sealed record Outcome(int ExitCode, string Output);

    public static async Task<Outcome> RunAsync(string fileName, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await using var _ = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        await process.WaitForExitAsync(cancellationToken);
        return new Outcome(process.ExitCode, (await output + await errors).Trim());
    }

    /// <summary>Null when there is no such program on the path.</summary>
    public static async Task<Outcome?> TryRunAsync(string fileName, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(fileName, arguments, cancellationToken);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
