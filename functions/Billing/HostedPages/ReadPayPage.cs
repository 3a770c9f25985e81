using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>The invoice of a link, or what is wrong with the link.</summary>
internal sealed record OpenedLink(TenantProfile? Tenant, Invoice? Invoice, bool HasExpired);

/// <summary>Opens the links of messages and gathers what their page shows. Whose invoice it is stands in the link alone.</summary>
public sealed class ReadPayPage(
    TenantDirectory tenants, InvoiceStore invoices, ComposeDocument compose, BillingProfiles profiles, BillingProfileStore logos,
    ReceivedPaymentStore payments, ServiceClients services, TimeProvider time)
{
    internal async Task<OpenedLink> OpenAsync(SignedLink? link, CancellationToken cancellationToken)
    {
        if (link is null || await tenants.FindAsync(link.Tenant, cancellationToken) is not { Suspended: false } tenant)
            return new OpenedLink(null, null, HasExpired: false);
        return link.HasExpired(time.GetUtcNow())
            ? new OpenedLink(tenant, null, HasExpired: true)
            : new OpenedLink(tenant, await invoices.FindAsync(link.Tenant, link.Subject, owner: null, cancellationToken), HasExpired: false);
    }

    internal async Task<PayPage> RunAsync(
        string token, TenantProfile tenant, Invoice invoice, string locale, string? notice, CancellationToken cancellationToken)
    {
        var profile = await profiles.GetAsync(tenant.Id, cancellationToken);
        var document = await compose.RunAsync(tenant.Id, invoice, cancellationToken);
        var logo = document.LogoId is { } id ? await logos.FindLogoAsync(tenant.Id, id, cancellationToken) : null;
        PagePayment? payment = null;
        try
        {
            payment = await LookAsync(tenant.Id, invoice, cancellationToken);
        }
        catch (ServiceUnavailableException)
        {
            // The invoice can be read all the same.
            notice ??= PayWords.In(locale).Busy;
        }

        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(tenant.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        return new PayPage(token, invoice, document, logo, PayMethod.Offered(profile.Methods), payment, locale, zone, time.GetUtcNow()) { Notice = notice };
    }

    /// <summary>Where the invoice's page stands; null while Payments is away.</summary>
    internal async Task<PayStep?> FindStepAsync(TenantId tenant, Invoice invoice, CancellationToken cancellationToken)
    {
        try
        {
            return PayPage.StepOf(invoice, await LookAsync(tenant, invoice, cancellationToken), time.GetUtcNow());
        }
        catch (ServiceUnavailableException)
        {
            return null;
        }
    }

    private async Task<PagePayment?> LookAsync(TenantId tenant, Invoice invoice, CancellationToken cancellationToken)
    {
        var payment = invoice.IsPayable ? await FindPaymentAsync(tenant, invoice.Id, cancellationToken) : null;
        return payment is { Status: "success" }
            ? payment with { IsHeardOf = await payments.IsHeardOfAsync(tenant, payment.Id, cancellationToken) }
            : payment;
    }

    /// <summary>The invoice's newest payment.</summary>
    internal async Task<PagePayment?> FindPaymentAsync(TenantId tenant, Guid invoice, CancellationToken cancellationToken)
    {
        var newest = await services.To(ServiceIdentity.Payments).GetAsync<Page<PagePayment>>(
            tenant, $"/v1/payments?invoice={invoice}&limit=1", cancellationToken);
        return newest.Items.FirstOrDefault();
    }
}
