using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>The mail server, the sender's address and the way out of mails (settings SMTP_* and MAIL_*).</summary>
public sealed record MailOptions
{
    [Required]
    [ConfigurationKeyName("SMTP_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("SMTP_PORT")]
    public int Port { get; init; } = 587;

    [Required, EmailAddress]
    [ConfigurationKeyName("MAIL_FROM")]
    public string From { get; init; } = "";

    /// <summary>Our function v1/unsubscribe as mail programs reach it; without it mails carry no link to it.</summary>
    [Url]
    [ConfigurationKeyName("MAIL_UNSUBSCRIBE_URL")]
    public string? UnsubscribeUrl { get; init; }
}
