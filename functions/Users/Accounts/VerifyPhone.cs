using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>Takes the number that a user shared as his own contact: Telegram vouches for it.</summary>
public sealed class VerifyPhone(UserStore users, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(PhoneShared shared, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        // Telegram sends it without the plus that marks a country code.
        var typed = shared.Phone.StartsWith('+') ? shared.Phone : "+" + shared.Phone;
        var now = time.GetUtcNow();
        if (PhoneNumber.TryNormalize(typed) is { } phone && await users.VerifyPhoneAsync(transaction, shared.UserId, phone, now, cancellationToken))
            await audit.WriteAsync(transaction, AuditActor.System, new AuditEntry("account.phone_verified", shared.UserId), now, cancellationToken);
    }
}
