using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Runtime.Hosting;

internal static class LocalSettingsFile
{
    private const string Name = "local.settings.json";

    // Makes its Values environment variables, unless they are set already: what is set outside wins.
    public static void Apply(string directory)
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(directory, Name), optional: true).Build();
        foreach (var value in file.GetSection("Values").GetChildren())
        {
            if (Environment.GetEnvironmentVariable(value.Key) is null)
                Environment.SetEnvironmentVariable(value.Key, value.Value);
        }
    }
}
