namespace ServerlessBusiness.Local.Processes;

/// <summary>What runs on this machine is asked directly, whatever proxy the environment names for the rest of the world.</summary>
public static class Loopback
{
    private const string Hosts = "127.0.0.1,localhost";

    /// <summary>Comes before the first request, by which the proxy is found once and for all. The children inherit it.</summary>
    public static void BypassProxy()
    {
        // .NET makes no exception for these by itself, and knows of no networks: "127.0.0.0/8" means nothing to it.
        var given = Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY");
        foreach (var name in new[] { "no_proxy", "NO_PROXY" })
            Environment.SetEnvironmentVariable(name, string.IsNullOrEmpty(given) ? Hosts : $"{given},{Hosts}");
    }
}
