namespace ServerlessBusiness.Local.Processes;

/// <summary>What to run, and the two files that outlive us: the log it writes to and the record by which the next start finds it.</summary>
public sealed record ChildCommand(string Name, string FileName, IReadOnlyList<string> Arguments, string LogFile, string PidFile)
{
    public string WorkingDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Added to our own environment; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The signal that ends it cleanly. Not used on Windows.</summary>
    public string StopSignal { get; init; } = "TERM";
}
