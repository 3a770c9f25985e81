using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Shared.Tenancy;

/// <summary>
/// Tenants by name. Users owns the table; every app role may read its current tenant's row, so that finding a tenant depends on nothing
/// but the database. A row is remembered for three seconds.
/// </summary>
public sealed class TenantDirectory(Database database) : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(3);
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    /// <summary>The tenant, or null when there is none of that name.</summary>
    public async Task<TenantProfile?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(tenant, out TenantProfile? known))
            return known;
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, cancellationToken);
    }

    /// <summary>The tenant of a connection that is held already: who holds one asks for no other.</summary>
    public async Task<TenantProfile?> FindAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        var tenant = connection.Tenant;
        if (cache.TryGetValue(tenant, out TenantProfile? known))
            return known;

        const string sql = """
            select id, name, status = 'suspended' as suspended, default_currency, locale, time_zone, rate_limits::text
            from user_management.tenants
            where id = @tenant
            """;
        var row = await connection.FindAsync<Row>(sql, new { tenant }, cancellationToken);
        var profile = row?.ToProfile();
        return cache.Set(tenant, profile, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
    }

    public void Dispose() => cache.Dispose();

    private sealed record Row(TenantId Id, string Name, bool Suspended, string DefaultCurrency, string Locale, string TimeZone, string RateLimits)
    {
        public TenantProfile ToProfile() => new(
            Id, Name, Suspended, DefaultCurrency, Locale, TimeZone, JsonSerializer.Deserialize<Dictionary<string, int>>(RateLimits) ?? []);
    }
}
