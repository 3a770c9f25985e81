using System.Net;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Who is calling and for which tenant: filled by the middleware, one per invocation, taken by functions as a dependency.</summary>
public sealed class Caller
{
    private static readonly TimeSpan RecentProof = TimeSpan.FromMinutes(10);

    private TenantId? tenant;

    /// <exception cref="InvalidOperationException">The function states that it needs no tenant.</exception>
    public TenantId Tenant => tenant ?? throw new InvalidOperationException("This request has no tenant.");

    public TenantProfile? Profile { get; private set; }

    /// <summary>The signed-in user; null for anonymous calls and services.</summary>
    public Guid? User { get; private set; }

    public Guid? Session { get; private set; }

    /// <summary>When the user last proved who he is, by password or second factor: what is sensitive asks for a recent proof.</summary>
    public DateTimeOffset? AuthenticatedAt { get; private set; }

    /// <summary>The administrator who acts in the user's name, or null.</summary>
    public Guid? Impersonator { get; private set; }

    /// <summary>Where the request comes from; null when there is none.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>The calling service, when it is one of ours.</summary>
    public string? Service { get; private set; }

    public IReadOnlyCollection<string> Permissions { get; private set; } = [];

    public bool IsAuthenticated => User is not null || Service is not null;

    /// <summary>How a history names whoever calls.</summary>
    public string Actor => this switch
    {
        { Impersonator: { } administrator, User: { } user } => $"user {administrator} as {user}",
        { User: { } user } => $"user {user}",
        _ => $"service {Service}",
    };

    /// <summary>The signed-in user.</summary>
    /// <exception cref="ProblemException">403 when a service or nobody calls what belongs to a user.</exception>
    public Guid RequireUser() => User ?? throw ProblemException.Forbidden("USER_REQUIRED", "This concerns a user's own data: call it with a user's token.");

    /// <summary>The signed-in user himself, not an administrator in his name: for what nobody may do for another.</summary>
    /// <exception cref="ProblemException">403.</exception>
    public Guid RequireSelf() => Impersonator is null
        ? RequireUser()
        : throw ProblemException.Forbidden("NOT_WHILE_IMPERSONATING", "Only the user himself may do this, not an administrator in his name.");

    /// <summary>The signed-in user himself, who proved who he is within the last ten minutes: for what is sensitive.</summary>
    /// <exception cref="ProblemException">403 <c>STEP_UP_REQUIRED</c>.</exception>
    public Guid RequireRecentProof(DateTimeOffset now) => RequireSelf() is var user && AuthenticatedAt > now - RecentProof
        ? user
        : throw ProblemException.Forbidden(
            "STEP_UP_REQUIRED", "This is sensitive: prove again who you are with POST /v1/auth/step-up, then repeat the request.");

    /// <exception cref="ProblemException">403 unless one of our services calls.</exception>
    public void RequireService()
    {
        if (Service is null)
            throw ProblemException.Forbidden("SERVICE_REQUIRED", "Only our own services may call this.");
    }

    /// <summary>Whom a call concerns: the signed-in user, unless it names another, which needs the permission.</summary>
    /// <exception cref="ProblemException">403 without it, and written to the audit log.</exception>
    public Guid RequireFor(Guid? named, string permission, string detail, string code = "PERMISSION_DENIED")
    {
        if (named is not { } user || user == User)
            return RequireUser();
        return May(permission) ? user : throw ProblemException.Denied(permission, code, detail);
    }

    public bool May(string permission) => Service is not null || Permission.Allows(Permissions, permission);

    /// <summary>The first of these that the caller does not hold; null when he may pass them all on or act on who holds them.</summary>
    public string? Lacks(IEnumerable<string> permissions) => Service is not null ? null : Permission.Lacking(Permissions, permissions);

    /// <summary>The user whose rows a read may show: null for everybody's, when the caller holds the permission.</summary>
    public Guid? OwnerFilter(string permission) => May(permission) ? null : RequireUser();

    internal void Enter(TenantProfile profile) => (tenant, Profile) = (profile.Id, profile);

    internal void ComeFrom(IPAddress? address) => Address = address;

    internal void SignIn(Guid session, SessionState state, AccessState access)
    {
        (User, Session, Permissions) = (state.UserId, session, access.Permissions);
        (AuthenticatedAt, Impersonator) = (state.AuthenticatedAt, state.Impersonator);
    }

    internal void ActAs(string service) => Service = service;
}
