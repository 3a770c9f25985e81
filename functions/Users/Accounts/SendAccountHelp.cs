using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>
/// Sends a verification or reset mail again. The request is answered before anybody looks whether the address is an account's: neither
/// answer nor time tells.
/// </summary>
public sealed class SendAccountHelp(
    Database database, TenantDirectory tenants, UserStore users, OneTimeTokenStore tokens, AccountMails mails, AuditLog audit, TimeProvider time)
{
    public const string VerifyEmail = "verify_email";
    public const string ResetPassword = "password_reset";
    private static readonly TimeSpan BetweenMails = TimeSpan.FromMinutes(1);

    public async Task AskAsync(TenantId tenant, string email, string template, CancellationToken cancellationToken)
    {
        var address = EmailAddress.Parse(email);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await transaction.PublishAsync(new AccountHelpAsked(address.Typed, template), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task RunAsync(AccountHelpAsked asked, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = await users.FindByEmailForUpdateAsync(transaction, EmailAddress.Parse(asked.Email), cancellationToken);
        if (user is null || Purpose(asked.Template, user) is not { } purpose || !user.OutlivesLink(now)
            || await tokens.WasSentSinceAsync(transaction, purpose, user.Id, now - BetweenMails, cancellationToken))
            return;

        await SendAsync(transaction, user, purpose, AuditActor.System, now, cancellationToken);
    }

    /// <summary>Sends the mail with a new token; earlier ones stay good for their time.</summary>
    public async Task SendAsync(
        TenantTransaction transaction, User user, TokenPurpose purpose, AuditActor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var profile = await tenants.FindAsync(transaction, cancellationToken)
            ?? throw ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name.");
        var token = await tokens.CreateAsync(transaction, purpose, user.Id, user.LifeOfLink(purpose, now), now, cancellationToken);
        var (template, page) = purpose == TokenPurpose.VerifyEmail ? (VerifyEmail, "verify-email") : (ResetPassword, "reset-password");
        await mails.SendLinkAsync(
            transaction, new MailRecipient(user.Id, user.Email, profile.Locale), template, page, token, null, now, cancellationToken);
        await audit.WriteAsync(transaction, actor, new AuditEntry($"account.{template}_sent", user.Id), now, cancellationToken);
    }

    private static TokenPurpose? Purpose(string template, User user) => (template, user) switch
    {
        (_, { Status: not UserStatus.Active }) => null,
        (VerifyEmail, { EmailVerified: false }) => TokenPurpose.VerifyEmail,
        (ResetPassword, _) => TokenPurpose.ResetPassword,
        _ => null,
    };
}
