using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Me;

/// <summary>What a user may change of himself; what is left out is taken away.</summary>
public sealed record ProfileRequest
{
    [StringLength(100)]
    public string? FirstName { get; init; }

    [StringLength(100)]
    public string? LastName { get; init; }

    /// <summary>In international form, such as +62 812 3456 7890. Another number is not proven yet.</summary>
    [StringLength(30)]
    public string? Phone { get; init; }
}

/// <summary>Sets the names and the phone of the signed-in account.</summary>
public sealed class ChangeProfile(Database database, UserStore users, AuditLog audit, TimeProvider time)
{
    public async Task<UserView> RunAsync(Caller caller, ProfileRequest request, CancellationToken cancellationToken)
    {
        var user = caller.RequireUser();
        var phone = PhoneNumber.Normalize(request.Phone);
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await users.UpdateProfileAsync(transaction, user, request.FirstName, request.LastName, phone, now, cancellationToken))
            throw ProblemException.Unauthenticated("SESSION_ENDED", "This account was deleted.");
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.profile_changed", user), now, cancellationToken);
        var changed = (await users.FindAsync(transaction, user, cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return UserView.Of(changed);
    }
}
