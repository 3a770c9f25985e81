using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Access;

/// <summary>
/// Makes Redis agree with the database about what a user may do and which of his sessions are over. Run right after a change, and again by
/// the message of it, in case the first run never came.
/// </summary>
public sealed class SyncAccess(
    Database database, AccessStore accesses, SessionStore sessionRows, SessionCache sessions, RedisAfterCommit redis, TimeProvider time)
{
    private const int PageSize = 500;

    public async Task RunAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await redis.TellAsync(() => RunAsync(transaction, user, cancellationToken));
    }

    /// <summary>The rights of many users, a page of them at a time.</summary>
    public async Task RightsAsync(TenantId tenant, IReadOnlyList<Guid> users, CancellationToken cancellationToken)
    {
        foreach (var page in users.Chunk(PageSize))
        {
            await using var connection = database.Open(tenant);
            var rights = await accesses.ListAsync(connection, page, cancellationToken);
            await redis.TellAsync(() => Task.WhenAll(rights.Select(user => sessions.SetAccessAsync(tenant, user.Id, user.Access.ToState()))));
        }
    }

    public async Task RunAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        if (await accesses.FindAsync(transaction, user, cancellationToken) is not { } access)
            return;

        var ended = await sessionRows.ListEndedAsync(transaction, user, time.GetUtcNow(), cancellationToken);
        await Task.WhenAll(sessions.SetAccessAsync(transaction.Tenant, user, access.ToState()), sessions.EndAsync(transaction.Tenant, ended));
    }
}
