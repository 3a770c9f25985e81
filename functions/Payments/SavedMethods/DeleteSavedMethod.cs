using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>Forgets a saved method here, and unlinks a wallet at the provider as well as that goes.</summary>
public sealed partial class DeleteSavedMethod(
    Database database, SavedMethodStore methods, MerchantAccountBook accounts, IWalletProvider wallets, PaymentVault vault, TimeProvider time,
    ILogger<DeleteSavedMethod> logger)
{
    /// <summary>False when the user has no such method.</summary>
    public async Task<bool> RunAsync(TenantId tenant, Guid user, Guid id, CancellationToken cancellationToken)
    {
        if (await methods.FindAsync(tenant, user, id, cancellationToken) is not { } method)
            return false;
        await UnlinkAsync(tenant, method, cancellationToken);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var isDeleted = await methods.DeleteAsync(transaction, user, id, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return isDeleted;
    }

    /// <summary>Unlinks a wallet at the provider. When that fails it is forgotten here all the same, and nobody can charge it any more.</summary>
    public async Task UnlinkAsync(TenantId tenant, SavedMethod method, CancellationToken cancellationToken)
    {
        if (method.Type != SavedMethod.Wallet)
            return;
        var account = await accounts.OfPaymentAsync(tenant, method.MerchantAccountId, cancellationToken);
        var outcome = await wallets.UnlinkAsync(account, vault.Open(method.EncryptedData, method.Place(tenant)), cancellationToken);
        if (outcome.IsUnknown || outcome.Problem is not null)
            LogStillLinked(method.Id, outcome.Problem);
    }

    [LoggerMessage(LogLevel.Warning, "Saved method {MethodId} is deleted here, but its wallet may still be linked at the provider: {Problem}")]
    private partial void LogStillLinked(Guid methodId, string? problem);
}
