using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Runtime.Http;
using ServerlessBusiness.Runtime.Messages;

namespace ServerlessBusiness.Runtime.Functions;

// Fills one parameter of a function. Which way is decided once, at the start, so that a wrong signature is found there.
internal sealed class ArgumentBinder
{
    private readonly Func<LocalFunctionContext, ValueTask<object?>> bind;

    private ArgumentBinder(Func<LocalFunctionContext, ValueTask<object?>> bind)
    {
        this.bind = bind;
    }

    public static IReadOnlyList<ArgumentBinder> ForAll(
        MethodInfo method, ParameterInfo triggerParameter, TriggerBindingAttribute trigger) =>
        [.. method.GetParameters().Select(parameter => For(parameter, parameter == triggerParameter, trigger))];

    public ValueTask<object?> BindAsync(LocalFunctionContext context) => bind(context);

    private static ArgumentBinder For(ParameterInfo parameter, bool isTrigger, TriggerBindingAttribute trigger)
    {
        var type = parameter.ParameterType;
        if (type == typeof(FunctionContext))
            return Of(context => context);
        if (type == typeof(CancellationToken))
            return Of(context => context.CancellationToken);

        return trigger switch
        {
            HttpTriggerAttribute => ForHttp(parameter),
            TimerTriggerAttribute when isTrigger && type == typeof(TimerInfo) => Of(context => context.Trigger),
            ServiceBusTriggerAttribute { IsBatched: true } when isTrigger =>
                Of(context => MessageBody.ToArray((IReadOnlyList<ReceivedMessage>)context.Trigger, type)),
            ServiceBusTriggerAttribute when isTrigger => Of(context => MessageBody.To(((ReceivedMessage)context.Trigger).Body, type)),
            ServiceBusTriggerAttribute => Of(context => MessageBindings.Argument(parameter, context.BindingContext.BindingData)),
            _ => throw new InvalidOperationException(
                $"The parameter '{parameter.Name}' of {parameter.Member.DeclaringType!.Name}.{parameter.Member.Name} has the type "
                + $"{type.Name}, which this trigger cannot bind."),
        };
    }

    private static ArgumentBinder ForHttp(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(HttpRequest))
            return Of(context => context.Http.Request);
        if (parameter.IsDefined(typeof(FromBodyAttribute)))
            return new ArgumentBinder(context => RequestArguments.FromBodyAsync(context.Http, parameter.ParameterType));

        var fromName = RequestArguments.ByName(parameter);
        return Of(context => fromName(context.Http.Request));
    }

    private static ArgumentBinder Of(Func<LocalFunctionContext, object?> bind) => new(context => new ValueTask<object?>(bind(context)));
}
