using System.Diagnostics;

namespace ServerlessBusiness.Local.Processes;

/// <summary>Windows has no shell that hands the log over to the program, so we carry its lines ourselves.</summary>
internal static class WindowsLog
{
    public static void Pump(Process process, string logFile)
    {
        var log = TextWriter.Synchronized(new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            AutoFlush = true,
        });
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Write(string? line)
        {
            if (line is not null)
                log.WriteLine(line);
        }
    }
}
