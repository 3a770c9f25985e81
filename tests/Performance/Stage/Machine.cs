using System.Runtime.InteropServices;

namespace ServerlessBusiness.Tests.Performance.Stage;

// What has to be known of the machine to read its figures: load generator, app and engines share its cores.
internal static class Machine
{
    private const string LoadFile = "/proc/loadavg";

    public static string Describe()
    {
        var load = File.Exists(LoadFile) ? $", load average before {File.ReadAllText(LoadFile).Split(' ')[0]}" : "";
        return $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}{load}";
    }
}
