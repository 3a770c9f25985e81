using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>How the line to the mail server is kept private.</summary>
public enum MailTls
{
    None,
    StartTls,

    /// <summary>From the first byte on, as on port 465.</summary>
    Tls,
}

/// <summary>The mail server, the sender's address and the way out of mails (settings SMTP_* and MAIL_*).</summary>
public sealed record MailOptions : IValidatableObject
{
    [Required]
    [ConfigurationKeyName("SMTP_HOST")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    [ConfigurationKeyName("SMTP_PORT")]
    public int Port { get; init; } = 587;

    /// <summary>Without it STARTTLS where the server offers it, and in any case before a password.</summary>
    [EnumDataType(typeof(MailTls), ErrorMessage = "It is none, starttls or tls.")]
    [ConfigurationKeyName("SMTP_TLS")]
    public MailTls? Tls { get; init; }

    [ConfigurationKeyName("SMTP_USERNAME")]
    public string? Username { get; init; }

    [ConfigurationKeyName("SMTP_PASSWORD")]
    public string? Password { get; init; }

    [Required, EmailAddress]
    [ConfigurationKeyName("MAIL_FROM")]
    public string From { get; init; } = "";

    /// <summary>Our function v1/unsubscribe as mail programs reach it; without it mails carry no link to it.</summary>
    [Url]
    [ConfigurationKeyName("MAIL_UNSUBSCRIBE_URL")]
    public string? UnsubscribeUrl { get; init; }

    internal bool SignsIn => !string.IsNullOrEmpty(Username);

    internal SecureSocketOptions Security => Tls switch
    {
        MailTls.None => SecureSocketOptions.None,
        MailTls.StartTls => SecureSocketOptions.StartTls,
        MailTls.Tls => SecureSocketOptions.SslOnConnect,
        _ => SignsIn ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SignsIn == string.IsNullOrEmpty(Password))
            yield return new ValidationResult("SMTP_USERNAME and SMTP_PASSWORD are given both or neither.", [nameof(Password)]);
        if (SignsIn && Tls == MailTls.None)
            yield return new ValidationResult("A password does not go over an open line: with SMTP_USERNAME it is starttls or tls.", [nameof(Tls)]);
    }

    // A record would print the password.
    public override string ToString() => $"{Host}:{Port}";
}
