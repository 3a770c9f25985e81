using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Lets a call through when it holds what the function requires; a function that states nothing is closed to everybody.</summary>
public sealed class PermissionMiddleware(FunctionCatalog catalog, DenialNotes denials) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        var caller = context.InstanceServices.GetRequiredService<Caller>();
        var access = catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name);
        var allowed = access switch
        {
            AnonymousAttribute => true,
            AuthenticatedAttribute => caller.IsAuthenticated,
            RequiresAttribute requires => caller.May(requires.Permission),
            _ => false,
        };
        if (!allowed)
        {
            if (access is RequiresAttribute denied)
                await denials.NoteAsync(caller, denied.Permission, http.RequestAborted);
            throw ProblemException.Forbidden("PERMISSION_DENIED", "Your roles do not allow this.");
        }

        try
        {
            await next(context);
        }
        // Some functions alone can tell: whose data it is, or what a role holds that is to be given.
        catch (ProblemException refusal) when (refusal.DeniedPermission is { } permission)
        {
            await denials.NoteAsync(caller, permission, http.RequestAborted);
            throw;
        }
    }
}
