namespace ServerlessBusiness.Shared.Tenancy;

/// <summary>What every service needs to know of a tenant. Rate limits are requests per minute by route class.</summary>
public sealed record TenantProfile(
    TenantId Id, string Name, bool Suspended, string DefaultCurrency, string Locale, string TimeZone, IReadOnlyDictionary<string, int> RateLimits);
