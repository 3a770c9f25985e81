using System.Globalization;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

/// <summary>Node.js, which the engines from npm need.</summary>
internal static class NodeRuntime
{
    private const int OldestMajor = 20;

    public static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    public static async Task EnsureNodeAsync(CancellationToken cancellationToken)
    {
        const string what = "PostgreSQL, ClickHouse and Azurite come from npm packages";
        var version = await Tool.TryRunAsync("node", ["--version"], cancellationToken)
            ?? throw new StackException($"Node.js was not found on the PATH, but {what}. Install Node.js {OldestMajor} or newer "
                + "from https://nodejs.org, or point POSTGRES_HOST, CLICKHOUSE_HOST and AzureWebJobsStorage at servers that you run.");
        var text = version.Output.TrimStart('v');
        if (!int.TryParse(text.Split('.')[0], CultureInfo.InvariantCulture, out var major) || major < OldestMajor)
            throw new StackException($"Node.js {text} is too old: {what}, which need Node.js {OldestMajor} or newer. Install it "
                + "from https://nodejs.org.");
    }

    public static async Task EnsureNpmAsync(CancellationToken cancellationToken)
    {
        if (await Tool.TryRunAsync(Npm, ["--version"], cancellationToken) is null)
            throw new StackException("Node.js is installed, but npm was not found on the PATH. Install npm, which comes with "
                + "Node.js from https://nodejs.org.");
    }
}
