using System.Globalization;
using System.Net.Sockets;

namespace ServerlessBusiness.Local.Engines;

/// <summary>Azure's blob, queue and table storage, emulated by Azurite.</summary>
public sealed class AzuriteEngine(string nodeModules, StackFolder folder, EnginePorts ports) : NodeEngine("Azurite", Part, folder)
{
    private const string Part = "azurite";

    // Published by Microsoft for every emulator in the world; it protects nothing.
    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public override string Url => $"http://127.0.0.1:{ports.Blob}";

    public string ConnectionString { get; } = ConnectionStringFor(ports);

    public static string ConnectionStringFor(EnginePorts ports) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={WellKnownKey};"
        + $"BlobEndpoint=http://127.0.0.1:{ports.Blob}/devstoreaccount1;QueueEndpoint=http://127.0.0.1:{ports.Queue}/devstoreaccount1;"
        + $"TableEndpoint=http://127.0.0.1:{ports.Table}/devstoreaccount1;";

    // The API version check would refuse Azure's own current client libraries.
    protected override string[] NodeArguments() =>
    [
        Path.Combine(nodeModules, "azurite", "dist", "src", "azurite.js"), "--silent", "--location", Folder.Of(Part),
        "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
        "--blobPort", Text(ports.Blob), "--queuePort", Text(ports.Queue), "--tablePort", Text(ports.Table),
        "--disableTelemetry", "--skipApiVersionCheck",
    ];

    protected override IReadOnlyDictionary<string, string?> NodeEnvironment() => new Dictionary<string, string?>();

    protected override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        foreach (var port in new[] { ports.Blob, ports.Queue, ports.Table })
        {
            try
            {
                // Refused for its missing signature, which is an answer all the same.
                using var answer = await client.GetAsync($"http://127.0.0.1:{port}/devstoreaccount1?comp=list", cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.InnerException is SocketException or IOException)
            {
                return $"port {port}: {exception.Message}";
            }
        }
        return null;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
