using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.MerchantAccounts;

/// <summary>
/// In whose name the provider is asked. A payment stays with the account it was opened through, also when the tenant changes to another one.
/// Opened keys are remembered for three seconds.
/// </summary>
public sealed class MerchantAccountBook(MerchantAccountStore store, PaymentVault vault, IOptions<MidtransOptions> platform) : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(3);
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>What the tenant is charged through now: his own account, or the platform's.</summary>
    public async Task<MerchantAccount> OfTenantAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var own = await ListAsync(tenant, cancellationToken);
        return own.FirstOrDefault(entry => entry.Active)?.Account ?? Platform(tenant);
    }

    /// <summary>What a payment was opened through.</summary>
    public async Task<MerchantAccount> OfPaymentAsync(TenantId tenant, Guid? id, CancellationToken cancellationToken)
    {
        if (id is null)
            return Platform(tenant);
        var own = await ListAsync(tenant, cancellationToken);
        return own.FirstOrDefault(entry => entry.Account.Id == id)?.Account
            ?? throw new InvalidOperationException($"There is no merchant account {id}.");
    }

    /// <summary>Every account that may sign a notification to the tenant's address.</summary>
    public async Task<IReadOnlyList<MerchantAccount>> AllOfAsync(TenantId tenant, CancellationToken cancellationToken) =>
        [.. (await ListAsync(tenant, cancellationToken)).Select(entry => entry.Account), Platform(tenant)];

    public void Forget(TenantId tenant) => cache.Remove(tenant);

    public void Dispose() => cache.Dispose();

    private MerchantAccount Platform(TenantId tenant) => new(tenant, null, platform.Value.ServerKey, platform.Value.ClientKey);

    private async Task<IReadOnlyList<Entry>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(tenant, out IReadOnlyList<Entry>? known))
            return known!;
        var rows = await store.ListAsync(tenant, cancellationToken);
        IReadOnlyList<Entry> entries =
        [
            .. rows.Select(row => new Entry(new MerchantAccount(tenant, row.Id, vault.Open(row.ServerKey, row.Place(tenant)), row.ClientKey), row.Active)),
        ];
        return cache.Set(tenant, entries, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
    }

    private sealed record Entry(MerchantAccount Account, bool Active);
}
