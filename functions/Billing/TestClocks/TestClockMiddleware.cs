using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>Requests of a tenant are answered by the tenant's time; what the middleware before this one does keeps the real time.</summary>
public sealed class TestClockMiddleware(TenantClocks clocks) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.GetHttpContext() is { } http && context.InstanceServices.GetRequiredService<Caller>().Profile is { } tenant
            ? clocks.RunAsync(tenant.Id, () => next(context), http.RequestAborted)
            : next(context);
}
