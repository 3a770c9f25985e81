using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>Ends a session: its tokens are worth nothing from the next request on.</summary>
public sealed class SignOut(SessionStore sessionRows, SessionCache sessions, TimeProvider time)
{
    public async Task RunAsync(TenantId tenant, Guid session, CancellationToken cancellationToken)
    {
        // The row first: it waits for a refresh that is under way, whose session in Redis is then deleted too.
        await sessionRows.EndAsync(tenant, session, time.GetUtcNow(), cancellationToken);
        await sessions.EndAsync(tenant, session);
    }
}
