using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessBusiness.Runtime.Functions;

// Runs functions that no request starts, each in a scope of its own.
internal sealed class BackgroundInvoker(FunctionPipeline pipeline, IServiceScopeFactory scopes)
{
    public async Task InvokeAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(
            invocation.Function, scope.ServiceProvider, invocation.Trigger, invocation.Bindings, cancellationToken);
        await pipeline.InvokeAsync(context.FromTrace(invocation.TraceParent).AsRetry(invocation.RetryCount, invocation.MaxRetryCount));
    }
}

internal sealed record Invocation(FunctionDescriptor Function, object Trigger, BindingContext Bindings)
{
    public string? TraceParent { get; init; }

    public int RetryCount { get; init; }

    public int MaxRetryCount { get; init; }
}
