using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Billing;

public sealed record BillingOptions
{
    /// <summary>Days from issue to due date.</summary>
    [Range(0, 90)]
    [ConfigurationKeyName("INVOICE_DUE_DAYS")]
    public int DueDays { get; init; } = 7;

    /// <summary>Pages of billing runs that one process works on at a time; each needs a connection.</summary>
    [Range(1, 32)]
    [ConfigurationKeyName("BILLING_PAGES_AT_ONCE")]
    public int PagesAtOnce { get; init; } = 4;
}
