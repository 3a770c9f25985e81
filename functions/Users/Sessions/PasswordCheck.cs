using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Users.Sessions;

public enum PasswordVerdict
{
    Right,
    Wrong,

    /// <summary>It was not looked at: the account refuses passwords for a while.</summary>
    Locked,
}

/// <summary>Looks at a password, once, behind the lockout. Whatever comes of it takes one hash's time, also for an account that does not exist.</summary>
public sealed class PasswordCheck(SignInLockout lockout, PasswordHasher passwords, UserStore users)
{
    public async Task<PasswordVerdict> RunAsync(TenantId tenant, User? user, string login, string password, CancellationToken cancellationToken)
    {
        await using var place = await lockout.EnterAsync(tenant, Account(user, login), cancellationToken);
        var hash = place.IsLocked || string.IsNullOrEmpty(user?.PasswordHash) ? null : user.PasswordHash;
        var isRight = await passwords.VerifyAsync(password, hash, cancellationToken);
        if (place.IsLocked)
            return PasswordVerdict.Locked;

        await place.SettleAsync(isRight);
        if (!isRight)
            return PasswordVerdict.Wrong;

        // A second hash for whoever is refused all the same would tell that his password is right.
        if (user is { MaySignIn: true } && passwords.IsOld(hash!))
            await users.RehashAsync(tenant, user.Id, hash!, await passwords.HashAsync(password, cancellationToken), cancellationToken);
        return PasswordVerdict.Right;
    }

    // Each password of an account is counted by itself, so that a new one starts anew. A name that nobody has is counted like one that somebody
    // has, or the lock would tell. So is an account that opens nothing yet: if its address and its username waited in one line, that would tell
    // whoever registered it that the address was free.
    private static string Account(User? user, string login) => user switch
    {
        null or { EmailVerified: false } => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EmailAddress.FoldLogin(login))))[..32],
        { PasswordChangedAt: { } changedAt } => $"{user.Id:N}-{changedAt.ToUnixTimeMilliseconds()}",
        _ => user.Id.ToString("N"),
    };
}
