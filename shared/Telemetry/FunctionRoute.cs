using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Telemetry;

// What an invocation is called in telemetry: few names, known at the start, never a path with ids in it.
internal sealed record FunctionRoute(string? Template, string Trigger)
{
    internal static FrozenDictionary<string, FunctionRoute> Of(FunctionCatalog catalog) => catalog.Methods.ToFrozenDictionary(
        method => method.GetCustomAttribute<FunctionAttribute>()!.Name,
        Of);

    private static FunctionRoute Of(MethodInfo method)
    {
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
                return new FunctionRoute("/" + (http.Route ?? method.GetCustomAttribute<FunctionAttribute>()!.Name), "http");
            if (parameter.IsDefined(typeof(TimerTriggerAttribute)))
                return new FunctionRoute(null, "timer");
        }

        return new FunctionRoute(null, "pubsub");
    }
}
