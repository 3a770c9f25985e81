using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Announcements;

/// <summary>The text of a notification in each language as the history shows it until it is sent.</summary>
public sealed class ReadableTexts(TenantTexts texts)
{
    /// <exception cref="ArgumentException">A variable has no value, or one that does not fit its format.</exception>
    public async Task<IReadOnlyDictionary<string, Rendered>> MakeAsync(
        TenantConnection connection, NotificationType type, IReadOnlyDictionary<string, TemplateValue> values, CancellationToken cancellationToken)
    {
        var readable = new Dictionary<string, Rendered>();
        foreach (var locale in Locales.All)
            readable[locale] = (await texts.FindAsync(connection, type, locale, cancellationToken)).Template.Plain(values, Reader.Of(locale));
        return readable;
    }
}
