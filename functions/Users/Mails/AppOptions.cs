using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Users.Mails;

/// <summary>Where the links in our mails lead: the pages of the product that call this service.</summary>
public sealed record AppOptions
{
    /// <summary>Base address of the product's pages.</summary>
    [Required, Url]
    [ConfigurationKeyName("APP_URL")]
    public string AppUrl { get; init; } = "";
}
