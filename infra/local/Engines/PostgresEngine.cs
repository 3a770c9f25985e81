using System.Globalization;
using Npgsql;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>PostgreSQL with a cluster of its own. The owner may do everything; the apps get roles that the migrations make.</summary>
public sealed class PostgresEngine(string nodeModules, StackFolder folder, int port, string password) : IEngine
{
    public const string Owner = "postgres";
    private const string Part = "postgres";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly PostgresBinaries binaries = new(nodeModules);
    private ChildProcess? server;

    public string Name => "PostgreSQL";
    public string Url => $"127.0.0.1:{port}";
    public string LogFile => folder.Log(Part);
    public int Port => port;
    public string Password => password;

    /// <summary>False keeps nothing safe from a power cut, which a throw-away cluster does not need; a killed server still recovers.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>More of the server's settings, such as <c>shared_buffers=1GB</c>; a later one wins.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public event Action<string>? Died;

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Owner,
        Password = password,
        Database = database,
        IncludeErrorDetail = true,
    }.ConnectionString;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ProcessRecord.EndLeftoverAsync(folder.Record(Part), cancellationToken);
        if (!Directory.Exists(folder.Of(Part)))
            await CreateClusterAsync(cancellationToken);
        var command = await binaries.CommandAsync(
            "postgres", ["-D", folder.Of(Part), .. Options().SelectMany(option => new[] { "-c", option })], cancellationToken);
        this.server = await ChildProcess.StartAsync(
            new ChildCommand(Name, command[0], [.. command.Skip(1)], LogFile, folder.Record(Part)) { StopSignal = "INT" }, cancellationToken);
        this.server.Died += server => Died?.Invoke($"PostgreSQL ended by itself with exit code {server.ExitCode}; its log is {LogFile}. "
            + "Start the stack again: the data recovers.");
        await Readiness.WaitAsync(Name, AskAsync, ReadyWithin, this.server, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (this.server is not null)
            await this.server.StopAsync();
    }

    /// <summary>Ends the server as a crash would.</summary>
    public Task KillAsync() => this.server?.KillAsync() ?? Task.CompletedTask;

    public async Task CreateDatabaseAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancellationToken);
        await PostgresDatabases.CreateWhenMissingAsync(connection, database, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (this.server is not null)
            await this.server.DisposeAsync();
    }

    // A socket file's path may be too long for the system, and nothing here needs one.
    private IEnumerable<string> Options()
    {
        string[] always =
        [
            string.Create(CultureInfo.InvariantCulture, $"port={port}"), "listen_addresses=127.0.0.1", "unix_socket_directories=",
            "max_connections=300", "shared_buffers=128MB", "timezone=UTC", "log_timezone=UTC",
        ];
        return [.. always, .. Durable ? [] : new[] { "fsync=off", "full_page_writes=off" }, .. Settings];
    }

    // Made beside its final place and renamed when complete, so that a killed start never leaves half a cluster.
    private async Task CreateClusterAsync(CancellationToken cancellationToken)
    {
        var unfinished = folder.Of(Part + ".new");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        var passwordFile = folder.Of("initial-password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        try
        {
            await PostgresBinaries.HandOverAsync(unfinished, cancellationToken);
            await PostgresBinaries.HandOverAsync(passwordFile, cancellationToken);
            // The built-in locale sorts alike on every system.
            var command = await binaries.CommandAsync(
                "initdb",
                [
                    "-D", unfinished, "-U", Owner, $"--pwfile={passwordFile}", "-A", "scram-sha-256", "-E", "UTF8",
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions",
                ],
                cancellationToken);
            var initdb = await Tool.RunAsync(command[0], [.. command.Skip(1)], cancellationToken);
            if (initdb.ExitCode != 0)
                throw new StackException($"PostgreSQL could not create its data directory {unfinished}: {initdb.Output}");
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(unfinished, folder.Of(Part));
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (NpgsqlException exception)
        {
            return exception.Message;
        }
    }
}
