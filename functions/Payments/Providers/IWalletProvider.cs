namespace ServerlessBusiness.Payments.Providers;

/// <summary>A provider whose wallets can be linked, so that they are charged without their owner's hand.</summary>
public interface IWalletProvider
{
    Task<WalletOutcome> LinkAsync(MerchantAccount account, WalletLink link, CancellationToken cancellationToken);

    Task<WalletOutcome> FindWalletAsync(MerchantAccount account, string accountId, CancellationToken cancellationToken);

    Task<WalletOutcome> UnlinkAsync(MerchantAccount account, string accountId, CancellationToken cancellationToken);
}

public sealed record WalletLink(string PhoneNumber, string CountryCode, string? RedirectUrl);

public enum WalletState
{
    Pending,
    Enabled,
    Disabled,
}

/// <summary>What came of a call about a wallet; without an account <paramref name="Problem"/> says why.</summary>
/// <param name="OptionToken">Changes, so it is read just before a charge.</param>
/// <param name="IsConfiguration">Our account is refused, which says nothing about the wallet.</param>
public sealed record WalletOutcome(
    string? AccountId, WalletState State, string? ActivationUrl, string? OptionToken, string? Problem, bool IsUnknown, bool IsConfiguration = false)
{
    public override string ToString() => $"wallet {State}: {Problem}";
}
