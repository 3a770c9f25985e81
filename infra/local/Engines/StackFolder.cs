using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>One directory that holds everything a stack keeps: the engines' data, logs and process records.</summary>
public sealed class StackFolder
{
    /// <summary>Creates the directory when it is missing.</summary>
    /// <exception cref="StackException">The process is root and PostgreSQL's unprivileged user could not enter the directory.</exception>
    public StackFolder(string root)
    {
        Root = Path.GetFullPath(root);
        UserFolders.Create(Root);
        if (UserFolders.IsLinuxRoot && UserFolders.ClosedToOthers(Root) is { } closed)
            throw new StackException($"PostgreSQL refuses to run as root, and on the way to the data directory {Root} only root may enter {closed}. "
                + $"Choose another with --data, for example below /var/tmp, or let others pass: chmod o+x {closed}");
    }

    public string Root { get; }
    public string Logs => Path.Combine(Root, "logs");

    public string Of(string part) => Path.Combine(Root, part);
    public string Log(string part) => Path.Combine(Logs, part + ".log");
    public string Record(string part) => Path.Combine(Root, "run", part + ".pid");
}
