using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessBusiness.Runtime.Functions;

// The app's middleware in the order of its Use calls, with the function itself at the end.
internal sealed class FunctionPipeline
{
    private readonly FunctionExecutionDelegate first;

    public FunctionPipeline(IEnumerable<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        first = middleware.Reverse().Aggregate((FunctionExecutionDelegate)RunFunctionAsync, (next, wrap) => wrap(next));
    }

    public Task InvokeAsync(LocalFunctionContext context) => first(context);

    private static async Task RunFunctionAsync(FunctionContext outer)
    {
        var context = (LocalFunctionContext)outer;
        var binders = context.Function.Binders;
        var arguments = new object?[binders.Count];
        for (var index = 0; index < arguments.Length; index++)
            arguments[index] = await binders[index].BindAsync(context);

        context.GetInvocationResult().Value = await context.Function.Code.InvokeAsync(context.InstanceServices, arguments);
    }
}
