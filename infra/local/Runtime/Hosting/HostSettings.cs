using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Runtime.Hosting;

// The part of host.json that the local runtime obeys.
internal sealed record HostSettings(
    string RoutePrefix, int MaxConcurrentCalls, int MaxMessageBatchSize, bool AutoCompleteMessages, TimeSpan MaxAutoLockRenewal)
{
    public static HostSettings Read(string directory)
    {
        // The real host lets AzureFunctionsJobHost__extensions__… override the file in the same way.
        var settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(directory, "host.json"), optional: true)
            .AddEnvironmentVariables("AzureFunctionsJobHost__")
            .Build();

        var serviceBus = settings.GetSection("extensions:serviceBus");
        return new HostSettings(
            settings["extensions:http:routePrefix"] ?? "api",
            Number(serviceBus, "maxConcurrentCalls", 16 * Environment.ProcessorCount),
            Number(serviceBus, "maxMessageBatchSize", 1000),
            bool.Parse(serviceBus["autoCompleteMessages"] ?? bool.TrueString),
            TimeSpan.Parse(serviceBus["maxAutoLockRenewalDuration"] ?? "00:05:00", CultureInfo.InvariantCulture));
    }

    private static int Number(IConfigurationSection section, string key, int otherwise) =>
        section[key] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
