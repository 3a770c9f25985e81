using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>A user ends sessions of his own.</summary>
public sealed class SignOut(Database database, EndSessions endSessions, AuditLog audit, TimeProvider time)
{
    /// <summary>The session of the token.</summary>
    public Task CurrentAsync(Caller caller, CancellationToken cancellationToken) => EndAsync(caller, caller.Session!.Value, cancellationToken);

    /// <exception cref="ProblemException">404 when he has no such session.</exception>
    public Task OneAsync(Caller caller, Guid session, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        return EndAsync(caller, session, cancellationToken);
    }

    private async Task EndAsync(Caller caller, Guid session, CancellationToken cancellationToken)
    {
        var user = caller.RequireUser();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var ended = await endSessions.OneAsync(transaction, user, session, "signed_out", now, cancellationToken);
        if (ended.Count == 0)
            throw ProblemException.NotFound("SESSION_NOT_FOUND", "You have no such session, or it has ended.");

        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("session.ended", user, new { session, reason = "signed_out" }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }

    /// <summary>All, or all but the one of the token.</summary>
    public async Task AllAsync(Caller caller, bool keepCurrent, CancellationToken cancellationToken)
    {
        var user = caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var ended = await endSessions.InAsync(transaction, user, keepCurrent ? caller.Session : null, "signed_out", now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("session.all_ended", user, new { count = ended.Count, keepCurrent }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }
}
