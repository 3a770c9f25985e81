using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Finds out who calls: a user by an access token whose session lives in Redis, or one of our services by its own token.</summary>
public sealed class AuthenticationMiddleware(
    FunctionCatalog catalog, AccessTokenValidator accessTokens, ServiceToken serviceTokens, SessionCache sessions, ClientAddress addresses)
    : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            var caller = context.InstanceServices.GetRequiredService<Caller>();
            caller.ComeFrom(addresses.Of(http));
            if (catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name) is not AnonymousAttribute)
                await AuthenticateAsync(http, caller);
        }

        await next(context);
    }

    private async Task AuthenticateAsync(HttpContext http, Caller caller)
    {
        var header = http.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw ProblemException.Unauthenticated("TOKEN_MISSING", "Send an access token: Authorization: Bearer <token>.");

        var token = value[Scheme.Length..].Trim();
        var claims = accessTokens.Recall(token);
        if (claims is null && TokenReader.TryRead(token)?.Typ == ServiceToken.TokenType)
        {
            caller.ActAs(await serviceTokens.ValidateAsync(token) ?? throw Refused());
            return;
        }

        claims ??= await accessTokens.ValidateAsync(token, http.RequestAborted) ?? throw Refused();
        if (claims.Tenant != caller.Tenant)
            throw ProblemException.Forbidden("TENANT_MISMATCH", $"This token is not one of the tenant named in {TenantMiddleware.Header}.");

        if (await sessions.FindAsync(claims.Tenant, claims.Session, claims.User) is not { } found)
            throw ProblemException.Unauthenticated("SESSION_ENDED", "This session has ended. Sign in again.");
        caller.SignIn(claims.Session, found.Session, found.Access);
    }

    private static ProblemException Refused() => ProblemException.Unauthenticated("TOKEN_INVALID", "This token is not valid, or no longer. Sign in again.");
}
