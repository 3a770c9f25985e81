using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Runtime.Functions;

// All functions of the app in the order in which the host tries them: alphabetical by name.
internal sealed class FunctionCatalog
{
    private const BindingFlags Methods =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private FunctionCatalog(IReadOnlyList<FunctionDescriptor> functions)
    {
        Functions = functions;
    }

    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    public static FunctionCatalog Load(RuntimeOptions options)
    {
        // A nested class compiles but does not load, as with the real worker.
        var functions = options.Types
            .Where(type => type is { IsClass: true, IsNested: false, ContainsGenericParameters: false })
            .SelectMany(type => type.GetMethods(Methods))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(Describe)
            .Where(function => !IsDisabled(function.Name, options))
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();

        foreach (var (one, other) in functions.Zip(functions.Skip(1)))
        {
            if (string.Equals(one.Name, other.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException(
                    $"Two functions are named '{one.Name}': {Place(one.Method)} and {Place(other.Method)}. "
                    + "Rename one; names are unique per app.");
            }
        }

        return new FunctionCatalog(functions);
    }

    public IEnumerable<(FunctionDescriptor Function, TTrigger Trigger)> With<TTrigger>() where TTrigger : TriggerBindingAttribute =>
        Functions.Where(function => function.Trigger is TTrigger).Select(function => (function, (TTrigger)function.Trigger));

    private static FunctionDescriptor Describe(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            throw new InvalidOperationException($"{Place(method)} is 'async void', so nobody could await it. Return a Task.");

        var triggers = method.GetParameters()
            .Select(parameter => (Parameter: parameter, Trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(pair => pair.Trigger is not null)
            .ToList();
        if (triggers.Count != 1)
        {
            throw new InvalidOperationException(
                $"{Place(method)} has {triggers.Count} trigger attributes. A function needs exactly one, on one of its parameters.");
        }

        if (triggers[0].Trigger is not TimerTriggerAttribute && method.IsDefined(typeof(RetryAttribute)))
        {
            throw new InvalidOperationException(
                $"{Place(method)} has a retry attribute. Only timers may have one; the real build refuses it elsewhere (AZFW0012).");
        }

        return new FunctionDescriptor(name, method, triggers[0].Parameter, triggers[0].Trigger!);
    }

    // A shell passes no names with periods on, and App Service on Linux writes underscores for them.
    private static bool IsDisabled(string name, RuntimeOptions options) =>
        (options.Setting($"AzureWebJobs.{name}.Disabled") ?? options.Setting($"AzureWebJobs_{name}_Disabled")) is "1" or "true" or "True";

    private static string Place(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
