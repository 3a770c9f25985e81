namespace ServerlessBusiness.Local.Engines;

/// <summary>A server of the stack. After a stop it can be started again on the same port with the same data.</summary>
public interface IEngine : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Where it listens, for people.</summary>
    string Url { get; }

    /// <summary>The file to look into when something is wrong.</summary>
    string LogFile { get; }

    /// <summary>Returns once it has answered a real question.</summary>
    /// <exception cref="Processes.StackException">It did not; the message holds the end of its log.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync();

    /// <summary>Raised with a sentence when it ends without having been asked to.</summary>
    event Action<string>? Died;
}
