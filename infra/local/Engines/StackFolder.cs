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
        Directory.CreateDirectory(Root);
        if (UserFolders.IsLinuxRoot && !UserFolders.OthersCanEnter(Root))
            throw new StackException($"The data directory {Root} is below a directory that only root may enter, and PostgreSQL "
                + "refuses to run as root. Choose another with --data, for example below /var/tmp.");
    }

    public string Root { get; }
    public string Logs => Path.Combine(Root, "logs");

    public string Of(string part) => Path.Combine(Root, part);
    public string Log(string part) => Path.Combine(Logs, part + ".log");
    public string Record(string part) => Path.Combine(Root, "run", part + ".pid");
}
