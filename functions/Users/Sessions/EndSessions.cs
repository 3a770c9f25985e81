using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>
/// Ends sessions: the rows in the caller's transaction, their states in Redis right after its commit. A message in the same transaction does
/// the second part when the process dies between the two.
/// </summary>
public sealed class EndSessions(SessionStore sessionRows, SessionCache sessions, RedisAfterCommit redis)
{
    /// <summary>All living sessions of the user, save one.</summary>
    public async Task<IReadOnlyList<Guid>> InAsync(
        TenantTransaction transaction, Guid user, Guid? except, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await sessionRows.EndAsync(transaction, user, only: null, except, reason, now, cancellationToken);
        return await AnnounceAsync(transaction, user, ended, now, cancellationToken);
    }

    /// <summary>One session of the user, if it lives.</summary>
    public async Task<IReadOnlyList<Guid>> OneAsync(
        TenantTransaction transaction, Guid user, Guid session, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await sessionRows.EndAsync(transaction, user, session, except: null, reason, now, cancellationToken);
        return await AnnounceAsync(transaction, user, ended, now, cancellationToken);
    }

    /// <summary>After the commit: their tokens are worth nothing from the next request on.</summary>
    public Task ForgetAsync(TenantId tenant, IReadOnlyList<Guid> ended) => redis.TellAsync(() => sessions.EndAsync(tenant, ended));

    private static async Task<IReadOnlyList<Guid>> AnnounceAsync(
        TenantTransaction transaction, Guid user, IReadOnlyList<Guid> ended, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ended.Count > 0)
            await transaction.PublishAsync(new UserAccessChanged(user), now, cancellationToken);
        return ended;
    }
}
