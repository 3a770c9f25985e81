using System.Text;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Providers;

/// <summary>In whose name a provider is asked: a tenant's own account, or the platform's when <paramref name="Id"/> is null.</summary>
public sealed record MerchantAccount(TenantId Tenant, Guid? Id, string ServerKey, string ClientKey)
{
    /// <summary>Basic authentication with the server key as the user and no password.</summary>
    public string BasicCredentials => Convert.ToBase64String(Encoding.UTF8.GetBytes(ServerKey + ":"));

    // A record would print its keys.
    public override string ToString() => $"account {Id?.ToString() ?? "of the platform"} for {Tenant}";
}
