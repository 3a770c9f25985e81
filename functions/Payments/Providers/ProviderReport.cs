using ServerlessBusiness.Payments.Charges;

namespace ServerlessBusiness.Payments.Providers;

/// <summary>A charge as its provider tells that it stands.</summary>
public sealed record ProviderReport
{
    /// <summary>Null for a word that we do not know.</summary>
    public ProviderState? State { get; init; }

    /// <summary>Whose charge this is: our order id, or the provider's own id where it answers with that.</summary>
    public string? OrderId { get; init; }

    /// <summary>The provider's own id; a hosted page has none before the payer has used it.</summary>
    public string? TransactionId { get; init; }

    public decimal? Gross { get; init; }

    /// <summary>Missing where only rupiah can be meant.</summary>
    public string? Currency { get; init; }

    /// <summary>What has gone back so far, all refunds together.</summary>
    public decimal? Refunded { get; init; }

    /// <summary>The single refunds, by the key that asked for them.</summary>
    public IReadOnlyList<string> RefundKeys { get; init; } = [];

    public DateTimeOffset? SettledAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public PaymentInstructions Instructions { get; init; } = new();

    /// <summary>What the provider gives us to charge the same card again.</summary>
    public ReusableToken? SavedToken { get; init; }

    /// <summary>The hosted page's token.</summary>
    public string? Session { get; init; }

    /// <summary>The answer's text without what could be used again.</summary>
    public string Body { get; init; } = "{}";
}

/// <summary>A token that can be charged more than once, and what people know it by.</summary>
public sealed record ReusableToken(string Token, string Display, DateTimeOffset? ExpiresAt)
{
    // A record would print its members.
    public override string ToString() => Display;
}
