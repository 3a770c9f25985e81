using System.Runtime.CompilerServices;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Support;

/// <summary>Tests ask this machine, and ask it directly.</summary>
internal static class NoProxy
{
    [ModuleInitializer]
    internal static void Bypass() => Loopback.BypassProxy();
}
