using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>From the proof of its address on an account is real: only then do the other services hear of it, once.</summary>
public sealed class AccountProven(UserStore users)
{
    public async Task RunAsync(TenantTransaction transaction, Guid id, string locale, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await users.VerifyEmailAsync(transaction, id, now, cancellationToken))
            return;

        var user = (await users.FindAsync(transaction, id, cancellationToken))!;
        await PublishAsync(transaction, user, locale, now, cancellationToken);
    }

    public static Task PublishAsync(TenantTransaction transaction, User user, string locale, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.PublishAsync(
            new UserRegistered(user.Id, EmailAddress.Parse(user.Email).Deliverable, user.Username, user.FirstName, locale), now, cancellationToken);
}
