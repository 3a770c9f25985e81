namespace ServerlessBusiness.Billing.Collection;

/// <summary>What a refused charge of the saved method means for the next try.</summary>
public static class CollectionOutcome
{
    /// <summary>Its news is on its way.</summary>
    public const string PaidAlready = "INVOICE_ALREADY_PAID";

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    // Somebody is paying in another way; should he not finish, the saved method has its turn.
    private static readonly TimeSpan WhileAnotherWaits = TimeSpan.FromHours(24);

    private static readonly TimeSpan WhileAnotherEnds = TimeSpan.FromMinutes(5);

    /// <summary>When to ask again; null when the dunning decides that.</summary>
    public static DateTimeOffset? NextTry(string code, int status, TimeSpan? retryAfter, DateTimeOffset now) => (code, status) switch
    {
        ("PAYMENT_PENDING", _) => now + WhileAnotherWaits,
        ("PAYMENT_BEING_CANCELLED" or "PAYMENT_JUST_ENDED", _) => now + WhileAnotherEnds,
        (_, 429 or >= 500) => After(retryAfter, now),
        _ => null,
    };

    public static DateTimeOffset After(TimeSpan? retryAfter, DateTimeOffset now) => now + (retryAfter > Shortest ? retryAfter.Value : Shortest);
}
