using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

public sealed record LinkWalletRequest
{
    /// <summary>gopay is the one wallet that can be linked.</summary>
    [Required, RegularExpression("^gopay\\z", ErrorMessage = "method is gopay; cards are saved by paying with saveMethod.")]
    public string Method { get; init; } = "";

    /// <summary>Without the country's code: 81234567890.</summary>
    [Required, RegularExpression("^[0-9]{6,13}\\z", ErrorMessage = "phoneNumber is 6 to 13 digits without the country's code.")]
    public string PhoneNumber { get; init; } = "";

    [RegularExpression("^[0-9]{1,4}\\z", ErrorMessage = "countryCode is digits, such as 62.")]
    public string CountryCode { get; init; } = "62";

    [StringLength(500)]
    [RegularExpression(@"^[A-Za-z][A-Za-z0-9+.-]*://\S+\z", ErrorMessage = "redirectUrl is an address with its scheme, of a page or an app.")]
    public string? RedirectUrl { get; init; }
}

/// <summary>Asks the provider to link a user's wallet; he consents at the activation link, then it can be charged.</summary>
public sealed class LinkWallet(
    Database database, SavedMethodStore methods, WalletUnlinkStore unlinks, MerchantAccountBook accounts, IWalletProvider wallets, PaymentVault vault,
    TimeProvider time)
{
    public async Task<SavedMethodView> RunAsync(TenantId tenant, Guid user, LinkWalletRequest request, CancellationToken cancellationToken)
    {
        var account = await accounts.OfTenantAsync(tenant, cancellationToken);
        var link = new WalletLink(request.PhoneNumber, request.CountryCode, request.RedirectUrl);
        var outcome = await wallets.LinkAsync(account, link, cancellationToken);
        if (outcome.IsUnknown)
            throw ProblemException.Unavailable("PROVIDER_UNAVAILABLE", "The payment provider cannot be reached. Try again shortly.", TimeSpan.FromSeconds(10));
        if (outcome.AccountId is not { } accountId)
            throw ProblemException.Unprocessable("WALLET_REFUSED", $"The wallet was not linked: {outcome.Problem}");

        var now = time.GetUtcNow();
        var wallet = new SavedMethod
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            Type = SavedMethod.Wallet,
            Display = $"GoPay ••••{request.PhoneNumber[^3..]}",
            TokenFingerprint = PaymentVault.Fingerprint(tenant, user, accountId),
            State = StateOf(outcome.State),
            MerchantAccountId = account.Id,
            CreatedAt = now,
        };
        wallet = wallet with { EncryptedData = vault.Seal(accountId, wallet.Place(tenant)) };
        var kept = await KeepAsync(tenant, wallet, now, cancellationToken);
        return SavedMethodView.Of(kept) with { ActivationUrl = outcome.ActivationUrl };
    }

    // The provider may answer with the account that the user has linked already: that one is brought up to date.
    private async Task<SavedMethod> KeepAsync(TenantId tenant, SavedMethod wallet, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await unlinks.KeepLinkedAsync(transaction, wallet.UserId, wallet.TokenFingerprint!, cancellationToken);
        if (!await methods.InsertAsync(transaction, wallet, cancellationToken))
        {
            var known = await methods.FindSameAsync(transaction, wallet.UserId, wallet.TokenFingerprint!, cancellationToken)
                ?? throw new InvalidOperationException("A linked wallet is neither new nor there.");
            await methods.SetStateAsync(transaction, wallet.UserId, known.Id, wallet.State, now, cancellationToken);
        }

        var kept = await methods.FindSameAsync(transaction, wallet.UserId, wallet.TokenFingerprint!, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return kept!;
    }

    public static string StateOf(WalletState state) => state.ToString().ToLowerInvariant();
}
