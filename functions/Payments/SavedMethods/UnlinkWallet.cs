using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>Unlinks a wallet at the provider that is forgotten here. What cannot be unlinked now stays noted, and a timer tries again.</summary>
public sealed partial class UnlinkWallet(
    WalletUnlinkStore unlinks, MerchantAccountBook accounts, IWalletProvider wallets, PaymentVault vault, ILogger<UnlinkWallet> logger)
{
    /// <summary>How long whoever forgets it has for the first try.</summary>
    public static readonly TimeSpan FirstTry = TimeSpan.FromMinutes(2);

    public async Task RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await unlinks.FindAsync(tenant, id, cancellationToken) is not { } wallet)
            return;
        if (Open(wallet, tenant) is not { } accountId || await AccountOfAsync(tenant, wallet, cancellationToken) is not { } account)
            return;
        var outcome = await wallets.UnlinkAsync(account, accountId, cancellationToken);
        // Any other refusal says that there is nothing linked any more.
        if (outcome.IsUnknown || outcome.IsConfiguration)
            LogStillLinked(id, outcome.Problem);
        else
            await unlinks.DeleteAsync(tenant, id, cancellationToken);
    }

    private async Task<MerchantAccount?> AccountOfAsync(TenantId tenant, WalletUnlink wallet, CancellationToken cancellationToken)
    {
        try
        {
            return await accounts.OfPaymentAsync(tenant, wallet.MerchantAccountId, cancellationToken);
        }
        catch (ProblemException problem)
        {
            // Whoever deletes his method is not refused because of our key.
            LogStillLinked(wallet.Id, problem.Message);
            return null;
        }
    }

    private string? Open(WalletUnlink wallet, TenantId tenant)
    {
        try
        {
            return vault.Open(wallet.EncryptedData, wallet.Place(tenant));
        }
        catch (CryptographicException problem)
        {
            LogStillLinked(wallet.Id, problem.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Saved method {MethodId} is deleted here, but its wallet may still be linked at the provider: {Problem}")]
    private partial void LogStillLinked(Guid methodId, string? problem);
}
