using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>A text and where it comes from: <c>builtin:1</c> or <c>tenant:3</c>.</summary>
public sealed record VersionedTemplate(Template Template, string Version)
{
    public static VersionedTemplate BuiltIn(NotificationType type, string? locale) =>
        new(type.In(locale), string.Create(CultureInfo.InvariantCulture, $"builtin:{type.Version}"));
}

/// <summary>The texts of a tenant: its own where it has them, ours elsewhere. Its own are remembered for three seconds.</summary>
public sealed class TenantTexts(Database database, TemplateOverrideStore overrides) : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(3);
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 2_000 });

    public async Task<VersionedTemplate> FindAsync(TenantId tenant, NotificationType type, string? locale, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, type, locale, cancellationToken);
    }

    /// <summary>With a connection that is held already: who holds one asks for no other.</summary>
    public async Task<VersionedTemplate> FindAsync(
        TenantConnection connection, NotificationType type, string? locale, CancellationToken cancellationToken)
    {
        var tenant = connection.Tenant;
        if (!cache.TryGetValue(tenant, out IReadOnlyDictionary<(string, string), VersionedTemplate>? own))
        {
            var rows = await overrides.ListAsync(connection, cancellationToken);
            own = rows.ToDictionary(
                row => (row.NotificationType, row.Locale),
                row => new VersionedTemplate(new Template(row.Title, row.Body), string.Create(CultureInfo.InvariantCulture, $"tenant:{row.Version}")));
            cache.Set(tenant, own, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        }

        return own!.GetValueOrDefault((type.Name, Locales.Of(locale))) ?? VersionedTemplate.BuiltIn(type, locale);
    }

    /// <summary>Makes a change of this process visible in it at once.</summary>
    public void Forget(TenantId tenant) => cache.Remove(tenant);

    public void Dispose() => cache.Dispose();
}
