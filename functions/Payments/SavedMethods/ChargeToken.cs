using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>Opens what a saved method is charged with, for the moment of the charge.</summary>
public sealed partial class ChargeToken(
    Database database, SavedMethodStore methods, MerchantAccountBook accounts, IWalletProvider wallets, RefreshWallet refresh, PaymentVault vault,
    TimeProvider time, ILogger<ChargeToken> logger)
{
    // Links that their owner gave up wait for ever.
    private const int WaitingLookedUp = 3;

    /// <summary>The user's method, which can be charged in this way and through this account.</summary>
    /// <exception cref="ProblemException">404 or 422, saying what can be done instead.</exception>
    public async Task<SavedMethod> FindAsync(
        TenantId tenant, Guid user, Guid id, string method, MerchantAccount account, CancellationToken cancellationToken)
    {
        var saved = await methods.FindAsync(tenant, user, id, cancellationToken) is { } kept
            ? await refresh.RunAsync(tenant, kept, cancellationToken)
            : null;
        if (saved is null)
            throw ProblemException.NotFound("PAYMENT_METHOD_NOT_FOUND", "The user has no such saved method.");
        if (saved.Method != method)
            throw ProblemException.Invalid("paymentMethodId", "METHOD_NOT_FITTING", $"This saved method is charged by {saved.Method}, not by {method}.");
        if (saved.IsWaiting)
            throw ProblemException.Unprocessable("PAYMENT_METHOD_NOT_USABLE", "This wallet waits for its owner, who consents at the activation link.");
        return saved.IsUsable(time.GetUtcNow()) && saved.MerchantAccountId == account.Id
            ? saved
            : throw ProblemException.Unprocessable("PAYMENT_METHOD_NOT_USABLE", "This saved method cannot be charged any more. Choose another or save it anew.");
    }

    /// <summary>The request by the user's default method, or another of his when that cannot be charged; with no hand of his needed.</summary>
    /// <exception cref="ProblemException">422 when he keeps none that can be charged.</exception>
    public async Task<ChargeRequest> ByDefaultAsync(
        TenantId tenant, ChargeRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var own = await methods.ListAsync(tenant, request.UserId!.Value, cancellationToken);
        var account = await accounts.OfTenantAsync(tenant, cancellationToken);
        var chosen = SavedMethod.Choose(own, account.Id, now);
        // It may be a wallet to which he has consented since.
        var waiting = own.Where(method => method.IsWaiting && method.MerchantAccountId == account.Id).OrderByDescending(method => method.CreatedAt);
        foreach (var wallet in waiting.Take(WaitingLookedUp))
            chosen ??= SavedMethod.Choose([await refresh.RunAsync(tenant, wallet, cancellationToken) ?? wallet], account.Id, now);
        return chosen is { } method
            ? request with { Method = method.Method, PaymentMethodId = method.Id }
            : throw ProblemException.Unprocessable("NO_SAVED_METHOD", "The user keeps no method that can be charged now.");
    }

    /// <summary>The order with its token, or why it cannot be charged: for good, or because its wallet cannot be read now.</summary>
    public async Task<(ChargeOrder Order, ProviderOutcome? Refusal)> FillAsync(TenantId tenant, ChargeOrder order, CancellationToken cancellationToken)
    {
        if (order.Payment.PaymentMethodId is not { } id)
            return (order, null);
        if (await methods.FindAsync(tenant, order.Payment.UserId, id, cancellationToken) is not { } saved || Open(saved, tenant) is not { } secret)
            return (order, Gone());
        if (saved.Type == SavedMethod.Card)
            return (order with { Token = secret }, null);

        // The tokens of a wallet's options change, so they are read just before.
        var account = await accounts.OfPaymentAsync(tenant, order.Payment.MerchantAccountId, cancellationToken);
        return await wallets.FindWalletAsync(account, secret, cancellationToken) switch
        {
            { State: WalletState.Enabled, OptionToken: { } option } => (order with { Wallet = new LinkedWallet(secret, option) }, null),
            // Nothing was charged, and nothing is known about the wallet: the charge is made once it can be read again.
            { IsUnknown: true } => (order, new ProviderOutcome.Unknown("The linked wallet cannot be read now.", Arrived: false)),
            // Its owner has let it go: the next charge by what he keeps is of another method.
            { State: WalletState.Disabled, Problem: null } => (order, await ForgoAsync(tenant, saved, cancellationToken)),
            _ => (order, Gone()),
        };
    }

    private async Task<ProviderOutcome> ForgoAsync(TenantId tenant, SavedMethod wallet, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await methods.SetStateAsync(
            transaction, wallet.UserId, wallet.Id, LinkWallet.StateOf(WalletState.Disabled), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Gone();
    }

    private static ProviderOutcome.Declined Gone() => new(411, "The saved method cannot be charged any more.");

    private string? Open(SavedMethod saved, TenantId tenant)
    {
        try
        {
            return vault.Open(saved.EncryptedData, saved.Place(tenant));
        }
        catch (CryptographicException problem)
        {
            LogUnreadable(saved.Id, problem.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Saved method {MethodId} cannot be opened: {Problem}")]
    private partial void LogUnreadable(Guid methodId, string problem);
}
