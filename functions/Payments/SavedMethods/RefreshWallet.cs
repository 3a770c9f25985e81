using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>Looks up a wallet that waited for its owner's consent when it was last seen: nobody tells us that he gave it.</summary>
public sealed partial class RefreshWallet(
    Database database, SavedMethodStore methods, MerchantAccountBook accounts, IWalletProvider wallets, PaymentVault vault, TimeProvider time,
    ILogger<RefreshWallet> logger)
{
    /// <summary>The method as it is now; as it was when the provider cannot be asked. Null when it is deleted meanwhile.</summary>
    public async Task<SavedMethod?> RunAsync(TenantId tenant, SavedMethod method, CancellationToken cancellationToken)
    {
        if (!method.IsWaiting || Open(method, tenant) is not { } accountId)
            return method;
        var account = await accounts.OfPaymentAsync(tenant, method.MerchantAccountId, cancellationToken);
        if (await wallets.FindWalletAsync(account, accountId, cancellationToken) is not { IsUnknown: false, Problem: null } wallet)
            return method;

        await using (var transaction = await database.BeginAsync(tenant, cancellationToken))
        {
            await methods.SetStateAsync(
                transaction, method.UserId, method.Id, LinkWallet.StateOf(wallet.State), time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return await methods.FindAsync(tenant, method.UserId, method.Id, cancellationToken);
    }

    private string? Open(SavedMethod method, TenantId tenant)
    {
        try
        {
            return vault.Open(method.EncryptedData, method.Place(tenant));
        }
        catch (CryptographicException problem)
        {
            LogUnreadable(method.Id, problem.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Wallet {MethodId} cannot be opened, so nobody knows whether it is linked: {Problem}")]
    private partial void LogUnreadable(Guid methodId, string problem);
}
