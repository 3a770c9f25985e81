using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Lets a call through when it holds what the function requires; a function that states nothing is closed to everybody.</summary>
public sealed class PermissionMiddleware(FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is null)
            return next(context);

        var caller = context.InstanceServices.GetRequiredService<Caller>();
        var allowed = catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name) switch
        {
            AnonymousAttribute => true,
            AuthenticatedAttribute => caller.IsAuthenticated,
            RequiresAttribute requires => caller.May(requires.Permission),
            _ => false,
        };
        return allowed ? next(context) : throw ProblemException.Forbidden("PERMISSION_DENIED", "Your roles do not allow this.");
    }
}
