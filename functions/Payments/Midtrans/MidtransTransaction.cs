using System.Globalization;
using System.Text.Json.Serialization;

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

    public IReadOnlyList<RefundEntry>? Refunds { get; init; }

    [JsonIgnore]
    public decimal? Gross => Amount(GrossAmount);

    [JsonIgnore]
    public decimal? Refunded => Amount(RefundAmount) ?? Refunds?.Sum(refund => Amount(refund.RefundAmount) ?? 0);

    [JsonIgnore]
    public MidtransState? State => MidtransStatus.Read(TransactionStatus, FraudStatus);

    [JsonIgnore]
    public DateTimeOffset? SettledAt => MidtransTime.Parse(SettlementTime);

    [JsonIgnore]
    public DateTimeOffset? ExpiresAt => MidtransTime.Parse(ExpiryTime);

    public static decimal? Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}

public sealed record VirtualAccount(string? Bank, string? VaNumber);

/// <summary>A link of a wallet: <c>generate-qr-code</c>, <c>deeplink-redirect</c> and others.</summary>
public sealed record WalletAction(string? Name, string? Method, string? Url);

public sealed record RefundEntry(string? RefundKey, string? RefundAmount, string? BankConfirmedAt);
