using System.Diagnostics;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Runtime.Messages;

// For tests: the process dies between a function's work and its acknowledgement, once per function.
// LOCAL_RUNTIME_CRASH_BEFORE_SETTLE names the functions (or *), LOCAL_RUNTIME_CRASH_MARKS the folder that remembers who crashed.
internal sealed class CrashPoint(RuntimeOptions options)
{
    private readonly string[] functions = options.Setting("LOCAL_RUNTIME_CRASH_BEFORE_SETTLE")?
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private readonly string marks = options.Setting("LOCAL_RUNTIME_CRASH_MARKS") ?? Path.GetTempPath();

    public void Pass(string function)
    {
        if (functions.Length == 0 || !(functions.Contains("*") || functions.Contains(function, StringComparer.OrdinalIgnoreCase)))
            return;

        var mark = Path.Combine(marks, $"{function}.crashed");
        if (File.Exists(mark))
            return;

        Directory.CreateDirectory(marks);
        File.WriteAllText(mark, "");
        Process.GetCurrentProcess().Kill();
    }
}
