using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Me;

/// <summary>
/// Forgets accounts whose two weeks are over, those that nobody proved and invitations that nobody accepted, each in a transaction of its own and
/// together with what the other services hold of them, and frees the names that were held.
/// What fails keeps nothing else from being done; the run fails in the end.
/// </summary>
public sealed partial class ForgetAccounts(
    Database database, DeletionStore deletions, EndSessions endSessions, SyncAccess sync, AuditLog audit, TimeProvider time,
    ILogger<ForgetAccounts> logger)
{
    private const int PageSize = 200;
    private static readonly TimeSpan UnacceptedKept = TimeSpan.FromDays(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var failures = new List<Exception>();
        await TryAsync(
            () => EachAsync(
                except => deletions.ListDueAcrossTenantsAsync(now, except, PageSize, cancellationToken),
                account => ForgetAsync(account, now, cancellationToken), failures),
            failures);
        await TryAsync(
            () => EachAsync(
                except => deletions.ListUnprovenAcrossTenantsAsync(now - User.UnprovenKept, except, PageSize, cancellationToken),
                account => RemoveUnprovenAsync(account, now, cancellationToken), failures),
            failures);
        await TryAsync(
            () => EachAsync(
                except => deletions.ListUnacceptedAcrossTenantsAsync(now - UnacceptedKept, except, PageSize, cancellationToken),
                invitation => RemoveInvitationAsync(invitation, now, cancellationToken), failures),
            failures);
        await TryAsync(() => deletions.FreeHeldNamesAcrossTenantsAsync(now, cancellationToken), failures);
        if (failures.Count > 0)
            throw new AggregateException("Not everything that was due could be forgotten.", failures);
    }

    private async Task EachAsync(
        Func<IReadOnlyCollection<Guid>, Task<IReadOnlyList<DueAccount>>> list, Func<DueAccount, Task> work, List<Exception> failures)
    {
        var failed = new List<Guid>();
        IReadOnlyList<DueAccount> due;
        do
        {
            due = await list(failed);
            foreach (var account in due)
            {
                try
                {
                    await work(account);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogAccount(exception, account.Id, account.TenantId.Value);
                    failed.Add(account.Id);
                    failures.Add(exception);
                }
            }
        }
        while (due.Count == PageSize);
    }

    private static async Task TryAsync(Func<Task> step, List<Exception> failures)
    {
        try
        {
            await step();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            failures.Add(exception);
        }
    }

    private async Task ForgetAsync(DueAccount account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var transaction = await database.BeginAsync(account.TenantId, cancellationToken))
        {
            var known = await deletions.AnonymizeAsync(transaction, account.Id, now, cancellationToken);
            if (known.Count == 0)
                return;

            await endSessions.InAsync(transaction, account.Id, except: null, "deleted", now, cancellationToken);
            await transaction.PublishAsync(new UserAccessChanged(account.Id), now, cancellationToken);
            foreach (var id in known)
                await transaction.PublishAsync(new UserDeleted(id), now, cancellationToken);
            await audit.WriteAsync(transaction, AuditActor.System, new AuditEntry("account.deleted", account.Id), now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await sync.RunAsync(account.TenantId, account.Id, cancellationToken);
    }

    private async Task RemoveUnprovenAsync(DueAccount account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(account.TenantId, cancellationToken);
        if (!await deletions.RemoveUnprovenAsync(transaction, account.Id, cancellationToken))
            return;

        await transaction.PublishAsync(new UserDeleted(account.Id), now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.System, new AuditEntry("account.removed", account.Id, new { reason = "unproven" }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Its mail went to an address, under its id.
    private async Task RemoveInvitationAsync(DueAccount invitation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(invitation.TenantId, cancellationToken);
        if (!await deletions.RemoveUnacceptedAsync(transaction, invitation.Id, cancellationToken))
            return;

        await transaction.PublishAsync(new UserDeleted(invitation.Id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "The account or invitation {Id} of tenant {Tenant} could not be forgotten.")]
    private partial void LogAccount(Exception exception, Guid id, string tenant);
}
