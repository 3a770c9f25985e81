using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Shared.Tenancy;

/// <summary>Finds the tenant a request speaks for. The header is a claim only: authentication holds it against the token.</summary>
public sealed class TenantMiddleware(FunctionCatalog catalog, TenantDirectory directory) : IFunctionsWorkerMiddleware
{
    public const string Header = "X-Tenant-ID";
    public const string Query = "tenant_id";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            var access = catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name);
            if (access is not AnonymousAttribute { NeedsTenant: false })
            {
                var profile = await FindAsync(http.Request, access is AnonymousAttribute, http.RequestAborted);
                context.InstanceServices.GetRequiredService<Caller>().Enter(profile);
                ServiceTelemetry.SetTenant(profile.Id);
                RequestText.RefuseNul(http.Request);
            }
        }

        await next(context);
    }

    private async Task<TenantProfile> FindAsync(HttpRequest request, bool anonymous, CancellationToken cancellationToken)
    {
        var tenant = TenantClaim.Resolve(Texts(request.Headers[Header]), Texts(request.Query[Query]), anonymous);
        var profile = await directory.FindAsync(tenant, cancellationToken)
            ?? throw ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name.");
        return profile.Suspended
            ? throw ProblemException.Forbidden("TENANT_SUSPENDED", "This tenant is suspended. Its administrator knows why.")
            : profile;
    }

    private static IReadOnlyList<string> Texts(StringValues values) => [.. values.Select(value => value ?? "")];
}
