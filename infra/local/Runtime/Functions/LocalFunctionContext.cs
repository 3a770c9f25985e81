using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Runtime.Functions;

// One invocation. What few functions look at (ids, binding data, trace) is made when it is asked for.
internal sealed class LocalFunctionContext(
    FunctionDescriptor function, IServiceProvider services, object trigger, BindingContext bindings, CancellationToken cancellationToken)
    : FunctionContext
{
    private string? invocationId;
    private TraceContext? trace;
    private RetryContext? retry;

    public FunctionDescriptor Function { get; } = function;

    // What the trigger parameter is bound from: an HttpContext, a TimerInfo, a message or a batch of them.
    public object Trigger { get; } = trigger;

    public HttpContext Http => (HttpContext)Trigger;

    public override string InvocationId => invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => Function.Definition.Id;

    public override TraceContext TraceContext => trace ??= LocalTraceContext.Current();

    public override BindingContext BindingContext { get; } = bindings;

    public override RetryContext RetryContext => retry!;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => Function.Definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new InvocationFeatures();

    public override CancellationToken CancellationToken { get; } = cancellationToken;

    public LocalFunctionContext FromTrace(string? traceParent)
    {
        trace = traceParent is null ? null : new LocalTraceContext(traceParent, "");
        return this;
    }

    public LocalFunctionContext AsRetry(int count, int limit)
    {
        retry = count == 0 ? null : new LocalRetryContext(count, limit);
        return this;
    }
}

internal sealed class LocalRetryContext(int count, int limit) : RetryContext
{
    public override int RetryCount { get; } = count;

    public override int MaxRetryCount { get; } = limit;
}

internal sealed class LocalTraceContext(string parent, string state) : TraceContext
{
    public override string TraceParent { get; } = parent;

    public override string TraceState { get; } = state;

    // The real host always hands over a trace; without a request to continue it begins one.
    public static LocalTraceContext Current() => Activity.Current is { Id: { } id } activity
        ? new LocalTraceContext(id, activity.TraceStateString ?? "")
        : new LocalTraceContext($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00", "");
}
