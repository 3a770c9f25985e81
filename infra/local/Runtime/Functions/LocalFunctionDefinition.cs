using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace ServerlessBusiness.Runtime.Functions;

internal sealed class LocalFunctionDefinition(
    string name, MethodInfo method, ParameterInfo triggerParameter, TriggerBindingAttribute trigger)
    : FunctionDefinition
{
    public override string Id { get; } = name;

    public override string Name { get; } = name;

    public override string EntryPoint { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string PathToAssembly { get; } = method.DeclaringType!.Assembly.Location;

    public override ImmutableArray<FunctionParameter> Parameters { get; } =
        [.. method.GetParameters().Select(parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType))];

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
        One(triggerParameter.Name!, TriggerType(trigger), BindingDirection.In);

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = trigger is HttpTriggerAttribute
        ? One("$return", "http", BindingDirection.Out)
        : ImmutableDictionary<string, BindingMetadata>.Empty;

    private static string TriggerType(TriggerBindingAttribute trigger) => trigger switch
    {
        HttpTriggerAttribute => "httpTrigger",
        TimerTriggerAttribute => "timerTrigger",
        ServiceBusTriggerAttribute => "serviceBusTrigger",
        _ => throw new NotSupportedException($"The local runtime has no trigger {trigger.GetType().Name}."),
    };

    private static ImmutableDictionary<string, BindingMetadata> One(string name, string type, BindingDirection direction) =>
        ImmutableDictionary<string, BindingMetadata>.Empty.Add(name, new Binding(name, type, direction));

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name { get; } = name;

        public override string Type { get; } = type;

        public override BindingDirection Direction { get; } = direction;
    }
}
