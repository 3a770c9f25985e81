using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace ServerlessBusiness.Runtime.Functions;

// One function of the app: its name, its method and what triggers it.
internal sealed class FunctionDescriptor(string name, MethodInfo method, ParameterInfo triggerParameter, TriggerBindingAttribute trigger)
{
    public string Name { get; } = name;

    public MethodInfo Method { get; } = method;

    public TriggerBindingAttribute Trigger { get; } = trigger;

    public ParameterInfo TriggerParameter { get; } = triggerParameter;

    public FunctionMethod Code { get; } = new(method);

    public FunctionDefinition Definition { get; } = new LocalFunctionDefinition(name, method, triggerParameter, trigger);

    public IReadOnlyList<ArgumentBinder> Binders { get; } = ArgumentBinder.ForAll(method, triggerParameter, trigger);
}
