using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Administration;

/// <summary>Tells the tenant's administrators of money that is to go back: an invoice was paid twice, and nobody else sees it before its payer asks.</summary>
public sealed class TellOfSurplus(RoleStore roles, TenantDirectory tenants, AccountMails mails, TimeProvider time)
{
    public const string Template = "payment_surplus";

    public async Task RunAsync(PaymentSurplusArrived surplus, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var profile = await tenants.FindAsync(transaction, cancellationToken)
            ?? throw ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name.");
        var values = new Dictionary<string, string>
        {
            ["amount"] = surplus.Amount.Display(profile.Locale),
            ["refundable"] = surplus.Refundable.Display(profile.Locale),
            ["method"] = surplus.Method,
            ["payment"] = surplus.PaymentId.ToString(),
        };
        foreach (var (id, email) in await roles.ListAdministratorsAsync(transaction, cancellationToken))
            await mails.TellAsync(
                transaction, new MailRecipient(id, email, profile.Locale), Template, values, time.GetUtcNow(), cancellationToken);
    }
}
