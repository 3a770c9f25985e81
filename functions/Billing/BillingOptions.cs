using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Billing;

public sealed record BillingOptions
{
    /// <summary>Days from issue to due date.</summary>
    [Range(0, 90)]
    [ConfigurationKeyName("INVOICE_DUE_DAYS")]
    public int DueDays { get; init; } = 7;
}
