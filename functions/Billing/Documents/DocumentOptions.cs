using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Where the files of documents are kept and where the outside world finds us.</summary>
public sealed record DocumentOptions
{
    /// <summary>A storage account: a connection string, or the address of its blob service, which a managed identity may write to.</summary>
    [Required]
    [ConfigurationKeyName("DOCUMENT_STORAGE")]
    public string Storage { get; init; } = "";

    /// <summary>The client id of the managed identity, when the app has several.</summary>
    [ConfigurationKeyName("DOCUMENT_STORAGE_CLIENT_ID")]
    public string? StorageClientId { get; init; }

    /// <summary>This app as browsers reach it: links in messages and on pages begin with it.</summary>
    [Required, Url]
    [ConfigurationKeyName("BILLING_PUBLIC_URL")]
    public string PublicUrl { get; init; } = "";
}
