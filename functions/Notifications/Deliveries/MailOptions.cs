using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>The mail server and the sender's address (settings SMTP_* and MAIL_FROM).</summary>
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
}
