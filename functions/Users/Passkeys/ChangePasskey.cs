using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Passkeys;

public sealed record RenamePasskeyRequest
{
    [Required, StringLength(Passkey.LongestName)]
    public string Name { get; init; } = "";
}

/// <summary>Gives a passkey of one's own another name, or takes it off. Its owner hears when one is taken off.</summary>
public sealed class ChangePasskey(Database database, UserStore users, PasskeyStore store, AccountMails mails, AuditLog audit, TimeProvider time)
{
    public async Task<PasskeyView> RenameAsync(Caller caller, Guid id, RenamePasskeyRequest request, CancellationToken cancellationToken)
    {
        var user = caller.RequireSelf();
        var name = Passkey.NameOf(request.Name);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var passkey = await store.RenameAsync(transaction, user, id, name, cancellationToken) ?? throw NotFound();
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("passkey.renamed", user, new { passkey = id }), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return PasskeyView.Of(passkey);
    }

    public async Task RemoveAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var owner = caller.RequireRecentProof(now);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await store.DeleteAsync(transaction, owner, id, cancellationToken))
            throw NotFound();

        var user = (await users.FindAsync(transaction, owner, cancellationToken))!;
        await mails.TellAsync(
            transaction, new MailRecipient(user.Id, user.Email, caller.Profile!.Locale), "passkey_removed", null, now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("passkey.removed", owner, new { passkey = id }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static ProblemException NotFound() => ProblemException.NotFound("PASSKEY_NOT_FOUND", "This account has no such passkey.");
}
