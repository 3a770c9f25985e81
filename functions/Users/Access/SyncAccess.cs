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
        await redis.TellAsync(() => TellAsync(transaction, user, time.GetUtcNow(), cancellationToken));
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

    /// <summary>For the message: which ends Redis was told is noted in its transaction, and they are not told again.</summary>
    public async Task RunAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var told = await TellAsync(transaction, user, now, cancellationToken);
        if (told.Count > 0)
            await sessionRows.MarkToldAsync(transaction, told, now, cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> TellAsync(
        TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await accesses.FindAsync(transaction, user, cancellationToken) is not { } access)
            return [];

        var ended = await sessionRows.ListEndedAsync(transaction, user, now, cancellationToken);
        await Task.WhenAll(sessions.SetAccessAsync(transaction.Tenant, user, access.ToState()), sessions.EndAsync(transaction.Tenant, ended));
        return ended;
    }
}
