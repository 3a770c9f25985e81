using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Me;

/// <summary>Forgets accounts whose two weeks are over, each in a transaction of its own, and clears away what has served.</summary>
public sealed class ForgetAccounts(
    Database database, DeletionStore deletions, EndSessions endSessions, SyncAccess sync, AuditLog audit, TimeProvider time)
{
    private const int PageSize = 200;
    private static readonly TimeSpan UnprovenKept = TimeSpan.FromDays(7);
    private static readonly TimeSpan ServedKept = TimeSpan.FromDays(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        IReadOnlyList<DueAccount> due;
        do
        {
            due = await deletions.ListDueAcrossTenantsAsync(now, PageSize, cancellationToken);
            foreach (var account in due)
                await ForgetAsync(account, now, cancellationToken);
        }
        while (due.Count == PageSize);

        await deletions.RemoveUnprovenAcrossTenantsAsync(now - UnprovenKept, cancellationToken);
        await deletions.RemoveServedAcrossTenantsAsync(now - ServedKept, now, cancellationToken);
    }

    private async Task ForgetAsync(DueAccount account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(account.TenantId, cancellationToken);
        if (!await deletions.AnonymizeAsync(transaction, account.Id, now, cancellationToken))
            return;

        await endSessions.InAsync(transaction, account.Id, except: null, "deleted", now, cancellationToken);
        await transaction.PublishAsync(new UserAccessChanged(account.Id), now, cancellationToken);
        await transaction.PublishAsync(new UserDeleted(account.Id), now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.System, new AuditEntry("account.deleted", account.Id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sync.RunAsync(account.TenantId, account.Id, cancellationToken);
    }
}
