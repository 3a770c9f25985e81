using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace ServerlessBusiness.Local.Engines;

/// <summary>ClickHouse's engine (chDB) behind a bridge that speaks ClickHouse's HTTP interface.</summary>
public sealed class ClickHouseEngine(string nodeModules, StackFolder folder, int port, string password)
    : NodeEngine("ClickHouse", Part, folder)
{
    public const string User = "default";
    private const string Part = "clickhouse";

    public override string Url => $"http://127.0.0.1:{port}";
    public int Port => port;
    public string Password => password;

    /// <summary>chDB has builds for Linux with glibc and for macOS only.</summary>
    public static bool IsAvailable(string nodeModules) =>
        Directory.Exists(Path.Combine(nodeModules, "chdb")) && Directory.Exists(Path.Combine(nodeModules, "@chdb"))
        && Directory.EnumerateDirectories(Path.Combine(nodeModules, "@chdb"), "lib-*").Any();

    /// <summary>True when this platform has a build and it is not there.</summary>
    public static bool IsMissing(string nodeModules) => HasBuild && !IsAvailable(nodeModules);

    private static bool HasBuild =>
        OperatingSystem.IsMacOS() || (OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal));

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database={database}";

    protected override string[] NodeArguments() =>
    [
        Path.Combine(NpmPackages.Scripts, "clickhouse-bridge.cjs"),
        "--data", Folder.Of(Part), "--port", port.ToString(CultureInfo.InvariantCulture), "--user", User,
    ];

    // The password goes by the environment, because everybody on the machine may read a command line.
    protected override IReadOnlyDictionary<string, string?> NodeEnvironment() =>
        new Dictionary<string, string?> { ["NODE_PATH"] = nodeModules, ["CLICKHOUSE_BRIDGE_PASSWORD"] = password };

    protected override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{password}"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        try
        {
            using var query = new StringContent("select 1");
            using var answer = await client.PostAsync(Url, query, cancellationToken);
            return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }
}
