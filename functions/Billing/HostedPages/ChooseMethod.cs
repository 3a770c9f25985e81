using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>The payer pressed a method, or wants to choose again: asks for the charge, or withdraws the one that waits.</summary>
public sealed class ChooseMethod(PayInvoice payInvoice, ReadPayPage pages, BillingProfiles profiles, ServiceClients services)
{
    /// <param name="value">The method's value in the form; empty to choose again.</param>
    /// <param name="address">The page's own address, where wallets lead back to.</param>
    /// <exception cref="ProblemException">Why it cannot be.</exception>
    public async Task RunAsync(TenantId tenant, Invoice invoice, string? value, string address, CancellationToken cancellationToken)
    {
        if (value is "")
        {
            await WithdrawAsync(tenant, invoice, cancellationToken);
            return;
        }

        var profile = await profiles.GetAsync(tenant, cancellationToken);
        if (PayMethod.Find(value) is not { } method || !profile.Methods.Contains(method.Method))
            throw ProblemException.Unprocessable("METHOD_NOT_AVAILABLE", "This way to pay is not offered.");
        await payInvoice.RunAsync(
            tenant, invoice.Id, owner: null, new PayInvoiceRequest { Method = method.Method, Bank = method.Bank, CallbackUrl = address }, cancellationToken);
    }

    private async Task WithdrawAsync(TenantId tenant, Invoice invoice, CancellationToken cancellationToken)
    {
        if (await pages.FindPaymentAsync(tenant, invoice.Id, cancellationToken) is { Status: "pending" } payment)
            await services.To(ServiceIdentity.Payments).PostAsync<object, InvoicePaymentView>(
                tenant, $"/v1/payments/{payment.Id}/cancel", new { }, idempotencyKey: null, cancellationToken);
    }
}
