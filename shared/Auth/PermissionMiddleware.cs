using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

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
        try
        {
            Check(caller, catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name));
            // Some functions alone can tell: whose data it is, or what a role holds that is to be given.
            await next(context);
        }
        catch (ProblemException refusal) when (refusal.DeniedPermission is { } permission)
        {
            await denials.NoteAsync(caller, permission, http.RequestAborted);
            throw;
        }
    }

    private static void Check(Caller caller, AccessAttribute? access)
    {
        const string code = "PERMISSION_DENIED";
        const string detail = "Your roles do not allow this.";
        switch (access)
        {
            case AnonymousAttribute:
            case AuthenticatedAttribute when caller.IsAuthenticated:
                return;
            case RequiresAttribute requires when !caller.May(requires.Permission):
                throw ProblemException.Denied(requires.Permission, code, detail);
            case RequiresAttribute { PlatformOnly: true } requires when caller.Tenant != TenantId.Default:
                throw ProblemException.Denied(requires.Permission, "PLATFORM_ONLY", "Only administrators of the platform may do this.");
            case RequiresAttribute:
                return;
            default:
                throw ProblemException.Forbidden(code, detail);
        }
    }
}
