using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.MerchantAccounts;

/// <summary>Whose keys may have signed a notification to a tenant's address.</summary>
/// <param name="IsComplete">False when a key cannot be opened: a notification that none of these signed may be that account's.</param>
public sealed record Signers(IReadOnlyList<MerchantAccount> Accounts, bool IsComplete);

/// <summary>
/// In whose name the provider is asked. A payment stays with the account it was opened through, also when the tenant changes to another one.
/// Opened keys are remembered for three seconds. A key that does not open stops what needs it and nothing else.
/// </summary>
public sealed partial class MerchantAccountBook(
    MerchantAccountStore store, PaymentVault vault, IOptions<MidtransOptions> platform, ILogger<MerchantAccountBook> logger) : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(3);
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>What the tenant is charged through now: his own account, or the platform's.</summary>
    /// <exception cref="ProblemException">503 when the key of his own cannot be opened: nobody is charged through another one instead.</exception>
    public async Task<MerchantAccount> OfTenantAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var own = await ListAsync(tenant, cancellationToken);
        return own.FirstOrDefault(entry => entry.Active) is { } entry ? Usable(entry) : Platform(tenant);
    }

    /// <summary>What a payment was opened through.</summary>
    /// <exception cref="ProblemException">503 when its key cannot be opened.</exception>
    public async Task<MerchantAccount> OfPaymentAsync(TenantId tenant, Guid? id, CancellationToken cancellationToken)
    {
        if (id is null)
            return Platform(tenant);
        var own = await ListAsync(tenant, cancellationToken);
        return own.FirstOrDefault(entry => entry.Id == id) is { } entry
            ? Usable(entry)
            : throw new InvalidOperationException($"There is no merchant account {id}.");
    }

    /// <summary>Every account that may sign a notification to the tenant's address.</summary>
    public async Task<Signers> SignersOfAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var own = await ListAsync(tenant, cancellationToken);
        return new Signers([.. own.Select(entry => entry.Account).OfType<MerchantAccount>(), Platform(tenant)], own.All(entry => entry.Account is not null));
    }

    public void Forget(TenantId tenant) => cache.Remove(tenant);

    public void Dispose() => cache.Dispose();

    private MerchantAccount Platform(TenantId tenant) => new(tenant, null, platform.Value.ServerKey, platform.Value.ClientKey);

    private async Task<IReadOnlyList<Entry>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(tenant, out IReadOnlyList<Entry>? known))
            return known!;
        var rows = await store.ListAsync(tenant, cancellationToken);
        IReadOnlyList<Entry> entries = [.. rows.Select(row => new Entry(row.Id, row.Active, Open(tenant, row)))];
        return cache.Set(tenant, entries, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
    }

    private MerchantAccount? Open(TenantId tenant, MerchantAccountRow row)
    {
        try
        {
            return new MerchantAccount(tenant, row.Id, vault.Open(row.ServerKey, row.Place(tenant)), row.ClientKey);
        }
        catch (CryptographicException problem)
        {
            LogUnreadable(row.Id, tenant.Value, problem.Message);
            return null;
        }
    }

    private static MerchantAccount Usable(Entry entry) => entry.Account ?? throw ProblemException.Unavailable(
        "MERCHANT_ACCOUNT_UNREADABLE", "The server key of the merchant account cannot be read. An administrator sets it anew with PUT /v1/merchant-account.",
        TimeSpan.FromMinutes(5));

    [LoggerMessage(LogLevel.Error, "The server key of merchant account {AccountId} of tenant {Tenant} cannot be opened: {Problem}")]
    private partial void LogUnreadable(Guid accountId, string tenant, string problem);

    private sealed record Entry(Guid Id, bool Active, MerchantAccount? Account);
}
