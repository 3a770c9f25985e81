using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>GoPay accounts that their owners link: /v2/pay/account.</summary>
public sealed class MidtransWallets(MidtransClient midtrans, IOptions<MidtransOptions> options) : IWalletProvider
{
    public Task<WalletOutcome> LinkAsync(MerchantAccount account, WalletLink link, CancellationToken cancellationToken) =>
        SendAsync(
            account, HttpMethod.Post, "v2/pay/account",
            new PayAccountRequest("gopay", new GopayPartner(link.PhoneNumber, link.CountryCode, link.RedirectUrl)), cancellationToken);

    public Task<WalletOutcome> FindWalletAsync(MerchantAccount account, string accountId, CancellationToken cancellationToken) =>
        SendAsync(account, HttpMethod.Get, $"v2/pay/account/{Uri.EscapeDataString(accountId)}", null, cancellationToken);

    public Task<WalletOutcome> UnlinkAsync(MerchantAccount account, string accountId, CancellationToken cancellationToken) =>
        SendAsync(account, HttpMethod.Post, $"v2/pay/account/{Uri.EscapeDataString(accountId)}/unbind", null, cancellationToken);

    private async Task<WalletOutcome> SendAsync(
        MerchantAccount account, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var reply = await midtrans.SendAsync(account, method, new Uri(options.Value.BaseAddress, path), body, null, cancellationToken);
        var answer = reply is MidtransReply.Answered answered ? MidtransAnswer.Parse<PayAccountAnswer>(answered.Body) : null;
        return int.TryParse(answer?.StatusCode, out var code) && code < 500 && code != 429
            ? new WalletOutcome(
                code < 300 ? answer!.AccountId : null, StateOf(answer!.AccountStatus), ActivationOf(answer), answer.OptionToken,
                code < 300 ? null : answer.StatusMessage ?? $"{code}", IsUnknown: false, IsConfiguration: code is 401 or 402 or 403)
            : new WalletOutcome(null, WalletState.Pending, null, null, null, IsUnknown: true);
    }

    private static WalletState StateOf(string? status) => status switch
    {
        "ENABLED" => WalletState.Enabled,
        "PENDING" => WalletState.Pending,
        _ => WalletState.Disabled,
    };

    private static string? ActivationOf(PayAccountAnswer answer) =>
        answer.Actions?.FirstOrDefault(action => action.Name?.StartsWith("activation", StringComparison.Ordinal) == true)?.Url;
}

public sealed record PayAccountRequest(string PaymentType, GopayPartner GopayPartner);

public sealed record GopayPartner(string PhoneNumber, string CountryCode, string? RedirectUrl);

public sealed record PayAccountAnswer(
    string? StatusCode, string? StatusMessage, string? AccountId, string? AccountStatus, IReadOnlyList<WalletAction>? Actions, PayAccountMetadata? Metadata)
{
    /// <summary>The first option that can be charged.</summary>
    public string? OptionToken => Metadata?.PaymentOptions?.FirstOrDefault(option => option.Active)?.Token;
}

public sealed record PayAccountMetadata(IReadOnlyList<PaymentOption>? PaymentOptions);

public sealed record PaymentOption(string? Name, bool Active, string? Token);
