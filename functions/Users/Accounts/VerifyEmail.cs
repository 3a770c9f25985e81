using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Accounts;

public sealed record TokenRequest
{
    /// <summary>The token of the mail.</summary>
    [Required, StringLength(100)]
    public string Token { get; init; } = "";
}

/// <summary>Proves an e-mail address by the token that was sent to it.</summary>
public sealed class VerifyEmail(Database database, OneTimeTokenStore tokens, AccountProven proven, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(Caller caller, TokenRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = await tokens.FindOwnerAsync(caller.Tenant, TokenPurpose.VerifyEmail, request.Token, now, cancellationToken) ?? throw Refused();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        // The user before his links: a password that is set meanwhile voids them all.
        await proven.RunAsync(transaction, user, caller.Profile!.Locale, now, cancellationToken);
        if (await tokens.ConsumeAsync(transaction, TokenPurpose.VerifyEmail, request.Token, now, cancellationToken) is null)
            throw Refused();
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.email_verified", user), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    internal static ProblemException Refused() =>
        ProblemException.Invalid("token", "TOKEN_INVALID", "This link is used, too old or not one of ours. Ask for a new one.");
}
