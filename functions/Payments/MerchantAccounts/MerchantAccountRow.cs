using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.MerchantAccounts;

/// <summary>A tenant's own account at the provider; a row of <c>merchant_accounts</c>.</summary>
public sealed record MerchantAccountRow(
    Guid Id, string MerchantId, string ServerKey, string ClientKey, bool Active, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public SealedFor Place(TenantId tenant) => PlaceOf(tenant, Id);

    public static SealedFor PlaceOf(TenantId tenant, Guid id) => new(tenant, null, id, "server_key");
}

/// <param name="ServerKey">The end of it only.</param>
/// <param name="WebhookPath">Where the tenant's dashboard at Midtrans has to send notifications, below the address of this service.</param>
public sealed record MerchantAccountView(
    string MerchantId, string ClientKey, string ServerKey, bool IsOwn, string WebhookPath, DateTimeOffset? UpdatedAt);
