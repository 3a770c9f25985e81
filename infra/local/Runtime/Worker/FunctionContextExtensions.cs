using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextLoggerExtensions
{
    public static ILogger<T> GetLogger<T>(this FunctionContext context) => context.InstanceServices.GetRequiredService<ILogger<T>>();

    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(categoryName);
}

public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context)
    {
        if (context.Features.Get<InvocationResult>() is { } known)
            return known;

        InvocationResult result = new LocalInvocationResult();
        context.Features.Set(result);
        return result;
    }
}

public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}

public abstract class InvocationResult : InvocationResult<object>;

internal sealed class LocalInvocationResult : InvocationResult
{
    public override object? Value { get; set; }
}

public static class FunctionContextExtensions
{
    // The key under which the real integration keeps it: middleware is tested with contexts that only have items.
    internal const string Key = "HttpRequestContext";

    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(Key, out var value) ? value as HttpContext : null;
}
