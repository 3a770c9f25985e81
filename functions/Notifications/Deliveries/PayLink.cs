using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed record PayLinkOptions
{
    /// <summary>Billing as browsers reach it; its hosted page of an invoice is v1/pay there.</summary>
    [Required, Url]
    [ConfigurationKeyName("BILLING_PUBLIC_URL")]
    public string BillingUrl { get; init; } = "";
}

/// <summary>Makes the link under which an invoice is read and paid, in the language of its message.</summary>
public sealed class PayLink(SignedLinks links, IOptions<PayLinkOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    public string Create(TenantId tenant, Guid invoice, string locale)
    {
        var token = links.Create(SignedLinks.InvoicePage, new SignedLink(tenant, invoice, time.GetUtcNow() + Life));
        return $"{options.Value.BillingUrl.TrimEnd('/')}/v1/pay/{token}?lang={locale}";
    }
}
