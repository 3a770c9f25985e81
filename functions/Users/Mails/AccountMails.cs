using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Mails;

/// <summary>To whom a mail about an account goes, and in which language.</summary>
public sealed record MailRecipient(Guid UserId, string Email, string Locale);

/// <summary>Asks Notifications for mails about accounts, in the transaction of what they tell. Tokens travel sealed.</summary>
public sealed class AccountMails(IOptions<AppOptions> app, IOptions<TokenOptions> tokens)
{
    /// <summary>A mail that tells something and asks for nothing.</summary>
    public Task TellAsync(
        TenantTransaction transaction, MailRecipient to, string template, IReadOnlyDictionary<string, string>? values, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        SendAsync(transaction, to, template, values, new Dictionary<string, string>(), now, cancellationToken);

    /// <summary>A mail with a link of the product's pages that carries a token.</summary>
    /// <param name="page">The page's path, such as <c>verify-email</c>.</param>
    public Task SendLinkAsync(
        TenantTransaction transaction, MailRecipient to, string template, string page, string token, IReadOnlyDictionary<string, string>? values,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var link = $"{app.Value.AppUrl.TrimEnd('/')}/{page}?tenant={transaction.Tenant}&token={token}";
        return SendAsync(
            transaction, to, template, values, new Dictionary<string, string> { ["link"] = link, ["token"] = token }, now, cancellationToken);
    }

    private Task SendAsync(
        TenantTransaction transaction, MailRecipient to, string template, IReadOnlyDictionary<string, string>? values,
        Dictionary<string, string> secrets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        var sealedSecrets = secrets.ToDictionary(
            secret => secret.Key, secret => SecretBox.SealText(tokens.Value.MailSecretsKey, secret.Value, secret.Key));
        return transaction.PublishAsync(
            new AccountMailRequested(
                id, to.UserId, EmailAddress.Parse(to.Email).Deliverable, to.Locale, template, values ?? new Dictionary<string, string>(), sealedSecrets),
            now,
            cancellationToken);
    }
}
