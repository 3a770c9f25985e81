using System.Globalization;
using System.Text.Json.Serialization;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// A transaction as every answer about it tells it: to a charge, a status call, a cancel. Which members are there depends on the method;
/// amounts are strings with two decimals.
/// </summary>
public sealed record MidtransTransaction
{
    public string StatusCode { get; init; } = "";
    public string? StatusMessage { get; init; }
    public string? TransactionId { get; init; }
    public string? OrderId { get; init; }
    public string? GrossAmount { get; init; }

    /// <summary>Missing in older answers, which are about rupiah.</summary>
    public string? Currency { get; init; }

    public string? PaymentType { get; init; }
    public string? TransactionTime { get; init; }
    public string? TransactionStatus { get; init; }

    /// <summary>Missing where nobody looks for fraud, such as at the till of Indomaret.</summary>
    public string? FraudStatus { get; init; }

    public string? SettlementTime { get; init; }
    public string? ExpiryTime { get; init; }

    // What the payer needs, by method.
    public IReadOnlyList<VirtualAccount>? VaNumbers { get; init; }
    public string? PermataVaNumber { get; init; }
    public string? BillerCode { get; init; }
    public string? BillKey { get; init; }
    public string? PaymentCode { get; init; }
    public string? RedirectUrl { get; init; }
    public IReadOnlyList<WalletAction>? Actions { get; init; }

    /// <summary>What has gone back so far, all refunds together.</summary>
    public string? RefundAmount { get; init; }

    /// <summary>Of the newest refund.</summary>
    public string? RefundKey { get; init; }

    public IReadOnlyList<RefundEntry>? Refunds { get; init; }

    // Of a card.
    public string? MaskedCard { get; init; }
    public string? SavedTokenId { get; init; }
    public string? SavedTokenIdExpiredAt { get; init; }

    [JsonIgnore]
    public decimal? Gross => Amount(GrossAmount);

    [JsonIgnore]
    public decimal? Refunded => Amount(RefundAmount) ?? Refunds?.Sum(refund => Amount(refund.RefundAmount) ?? 0);

    [JsonIgnore]
    public ProviderState? State => MidtransStatus.Read(TransactionStatus, FraudStatus);

    [JsonIgnore]
    public DateTimeOffset? SettledAt => MidtransTime.Parse(SettlementTime);

    [JsonIgnore]
    public DateTimeOffset? ExpiresAt => MidtransTime.Parse(ExpiryTime);

    /// <param name="body">The answer's text as it came.</param>
    public ProviderReport ToReport(string body) => new()
    {
        State = State,
        OrderId = OrderId,
        TransactionId = TransactionId,
        Gross = Gross,
        Currency = Currency,
        Refunded = Refunded,
        RefundKeys = [.. (Refunds ?? []).Select(refund => refund.RefundKey).Append(RefundKey).OfType<string>().Distinct()],
        SettledAt = SettledAt,
        ExpiresAt = ExpiresAt,
        Instructions = new PaymentInstructions
        {
            VaNumber = VaNumbers?.FirstOrDefault()?.VaNumber ?? PermataVaNumber,
            BillerCode = BillerCode,
            BillKey = BillKey,
            PaymentCode = PaymentCode,
            QrUrl = Link("generate-qr-code"),
            DeeplinkUrl = Link("deeplink-redirect"),
            RedirectUrl = RedirectUrl,
        },
        SavedToken = SavedTokenId is { } token
            ? new ReusableToken(token, $"Card {MaskedCard}", MidtransTime.Parse(SavedTokenIdExpiredAt))
            : null,
        Body = MidtransJson.Redact(body),
    };

    private string? Link(string name) => Actions?.FirstOrDefault(action => action.Name == name)?.Url;

    public static decimal? Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}

public sealed record VirtualAccount(string? Bank, string? VaNumber);

/// <summary>A link of a wallet: <c>generate-qr-code</c>, <c>deeplink-redirect</c> and others.</summary>
public sealed record WalletAction(string? Name, string? Method, string? Url);

public sealed record RefundEntry(string? RefundKey, string? RefundAmount, string? BankConfirmedAt);
