using System.Text.Json;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Charges;

public enum PaymentStatus
{
    Pending,
    Success,
    Failed,
    Cancelled,
}

/// <summary>One attempt to have an invoice paid; a row of <c>payment_transactions</c>.</summary>
public sealed record Payment
{
    public Guid Id { get; init; }
    public Guid InvoiceId { get; init; }
    public Guid UserId { get; init; }
    public Guid? SubscriptionId { get; init; }

    /// <summary>Our name of the charge at the provider, unique there: the same attempt is never charged twice.</summary>
    public string OrderId { get; init; } = "";

    /// <summary>How many payments of this invoice there were, this one included.</summary>
    public int Attempt { get; init; }

    /// <summary>Which part of the invoice it pays.</summary>
    public int Installment { get; init; } = 1;

    public string? ExternalTransactionId { get; init; }
    public decimal Amount { get; init; }
    public Currency Currency { get; init; }
    public decimal InvoiceAmount { get; init; }
    public Currency InvoiceCurrency { get; init; }
    public Guid? QuoteId { get; init; }
    public string Method { get; init; } = "";
    public string? Bank { get; init; }
    public string Description { get; init; } = "";
    public string Details { get; init; } = "{}";
    public Guid? MerchantAccountId { get; init; }
    public Guid? PaymentMethodId { get; init; }
    public PaymentStatus Status { get; init; }
    public ProviderState ProviderState { get; init; }
    public string? StatusReason { get; init; }
    public decimal RefundedAmount { get; init; }
    public decimal RefundingAmount { get; init; }
    public string? Instructions { get; init; }
    public string? ProviderSession { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
    public DateTimeOffset? SurplusAt { get; init; }

    /// <summary>Somebody gave the surplus back by hand.</summary>
    public DateTimeOffset? SurplusHandledAt { get; init; }

    public DateTimeOffset? DisputedAt { get; init; }
    public DateTimeOffset? CancelRequestedAt { get; init; }
    public int Version { get; init; }
    public string? TraceParent { get; init; }

    /// <summary>What the provider is asked for.</summary>
    public Money Total => new(Amount, Currency);

    /// <summary>What the invoice asks for; another currency than the total's when a quote stands between them.</summary>
    public Money Asked => new(InvoiceAmount, InvoiceCurrency);

    public Money Refunded => new(RefundedAmount, Currency);

    /// <summary>The provider is known to have it; until then it may have arrived there or not.</summary>
    public bool IsPlaced => PlacedAt is not null;

    /// <summary>
    /// The charge may be on its way to the provider this very moment. Once the payment is to be withdrawn none is begun any more, and one that was
    /// begun before is back, or given up, by then.
    /// </summary>
    public bool MayBeUnderWay(DateTimeOffset now) => !IsPlaced && now < (CancelRequestedAt ?? CreatedAt) + CreateCharge.FirstLookup;

    public bool IsSurplus => SurplusAt is not null;

    /// <summary>The payer's time has passed, although nobody has told yet how it ended.</summary>
    public bool IsOverdue(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>An amount of ours in the invoice's money: by the payment's own ratio, the whole for the whole.</summary>
    public Money InInvoiceMoney(decimal amount) =>
        amount == Amount ? Asked : Money.Rounded(InvoiceAmount * amount / Amount, InvoiceCurrency);

    public ChargeDetails ReadDetails() => JsonSerializer.Deserialize<ChargeDetails>(Details, ApiJson.Options)!;
}

/// <summary>What was asked for besides the money; kept, so that a charge can be made again under the same order.</summary>
public sealed record ChargeDetails
{
    public IReadOnlyList<ChargeItem>? Items { get; init; }
    public string? CallbackUrl { get; init; }
    public int? ExpiresInMinutes { get; init; }
    public bool AuthorizeOnly { get; init; }
    public bool SkipAuthentication { get; init; }
    public bool SaveMethod { get; init; }
}
