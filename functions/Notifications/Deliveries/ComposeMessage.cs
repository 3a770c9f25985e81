using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// A message as it goes out: readable and as HTML, and as it may be kept, without its secrets. The reference is what comes after it in every
/// form, when it is sent again.
/// </summary>
internal sealed record Composed(Rendered Readable, string Html, string Reference, Rendered Kept, string Version);

/// <summary>Makes the text of a notification at the moment it is sent: in the user's language, on his clock, with the tenant's words.</summary>
public sealed class ComposeMessage(TenantTexts texts, CreateTelegramLink createLink, PayLink payLink, IOptions<TokenOptions> tokens)
{
    private const string ItemsVariable = "items";
    private const string LinkVariable = "link";

    /// <summary>Null when a value is missing or a secret cannot be opened, and so no text can be made. A digest tells the items.</summary>
    internal async Task<Composed?> RunAsync(
        TenantId tenant, Delivery delivery, TimeZoneInfo zone, DigestItems items, CancellationToken cancellationToken)
    {
        var type = TemplateCatalog.Get(delivery.Type);
        var reader = Reader.Of(delivery.Locale, zone);
        var kept = JsonSerializer.Deserialize<Dictionary<string, TemplateValue>>(delivery.Variables)!;
        foreach (var name in type.Late)
            kept[name] = TemplateValue.Of(await LateAsync(tenant, delivery, name, kept, items, reader.Locale, cancellationToken));
        if (Open(kept) is not { } values)
            return null;

        var template = await texts.FindAsync(tenant, type, delivery.Locale, cancellationToken);
        // A text changed since the notification was written may ask for what it does not have; ours does not.
        if (template.Template.Misfit(values) is not null)
        {
            template = VersionedTemplate.BuiltIn(type, delivery.Locale);
            if (template.Template.Misfit(values) is not null)
                return null;
        }

        var html = template.Template.Html(values, reader);
        var plain = template.Template.Plain(values, reader, html);
        var hidden = Hide(kept, type);
        return new Composed(
            plain, html, Reference(delivery, reader.Locale),
            hidden.Values.Any(value => value.Sealed is not null) ? template.Template.Plain(hidden, reader) : plain, template.Version);
    }

    private async Task<string> LateAsync(
        TenantId tenant, Delivery delivery, string name, Dictionary<string, TemplateValue> values, DigestItems items, string locale,
        CancellationToken cancellationToken) => name switch
    {
        // One asked for over the API has the link that the caller gave, one from before there were links has none.
        MoneyTemplates.PayLink => values.GetValueOrDefault(MoneyTemplates.LinkedInvoice)?.Text is { } invoice
            ? payLink.Create(tenant, Guid.Parse(invoice), locale)
            : values.GetValueOrDefault(MoneyTemplates.PayLink)?.Text ?? "",
        ItemsVariable => DigestText.Of(items, locale == Locales.Indonesian),
        LinkVariable => (await createLink.RunAsync(tenant, delivery.UserId, cancellationToken)).Url,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Nothing makes this value."),
    };

    // A link is a key, and is not kept either.
    private static Dictionary<string, TemplateValue> Hide(Dictionary<string, TemplateValue> kept, NotificationType type) =>
        type.Late.FirstOrDefault(name => name is LinkVariable or MoneyTemplates.PayLink) is { } link
            ? new Dictionary<string, TemplateValue>(kept) { [link] = TemplateValue.Later }
            : kept;

    // Said only when the reader may have the message already.
    private static string Reference(Delivery delivery, string locale) => (delivery.UnknownCalls > 0, locale) switch
    {
        (false, _) => "",
        (_, Locales.Indonesian) => $"\n\n(Ref. {delivery.Reference}: dikirim ulang, abaikan jika sudah Anda terima.)",
        _ => $"\n\n(Ref. {delivery.Reference}: sent again, ignore it if you have it already.)",
    };

    // Only here do secrets become readable, and nothing of this is kept.
    private Dictionary<string, TemplateValue>? Open(Dictionary<string, TemplateValue> values)
    {
        try
        {
            return values.ToDictionary(
                value => value.Key,
                value => value.Value.Sealed is { } box ? TemplateValue.Of(SecretBox.OpenText(tokens.Value.MailSecretsKey, box, value.Key)) : value.Value);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
