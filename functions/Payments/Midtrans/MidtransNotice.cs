using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>A notification: what is signed, and what it claims has happened. Everything else in it is read from Midtrans itself.</summary>
public sealed record MidtransNotice
{
    public required string OrderId { get; init; }
    public required string StatusCode { get; init; }
    public required string GrossAmount { get; init; }
    public required string SignatureKey { get; init; }
    public required string TransactionStatus { get; init; }
    public string? TransactionId { get; init; }
    public string? FraudStatus { get; init; }
    public string? Currency { get; init; }

    /// <summary>What has gone back so far, as it claims.</summary>
    public string? RefundAmount { get; init; }

    [JsonIgnore]
    public ProviderState? State => MidtransStatus.Read(TransactionStatus, FraudStatus);

    /// <summary>It tells of a move that follows on what those books show, or of more that has gone back: they lag behind it, or it is not true.</summary>
    public bool IsAheadOf(ProviderReport books) => State is { } claimed && books.State is { } shown
        && ((claimed != shown && PaymentStates.MayFollow(shown, claimed, wasPaid: true))
            || MidtransTransaction.Amount(RefundAmount) > (books.Refunded ?? (shown == ProviderState.Refund ? decimal.MaxValue : 0)));

    /// <summary>The notification, or null when the body is not one.</summary>
    public static MidtransNotice? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<MidtransNotice>(body, MidtransJson.Options) is { } notice && notice.IsWhole ? notice : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // "required" asks for the member, not for a value in it.
    private bool IsWhole =>
        OrderId is { Length: > 0 and <= 50 } && StatusCode is not null && GrossAmount is not null && SignatureKey is not null
        && TransactionStatus is not null;
}
