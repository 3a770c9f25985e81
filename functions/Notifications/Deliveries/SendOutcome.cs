namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>What became of a call to a provider.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The provider has taken the message; the id is its own.</summary>
    public sealed record Sent(string ProviderMessageId) : SendOutcome;

    /// <summary>Nothing was sent, and nothing shall be before this time has passed.</summary>
    public sealed record Throttled(TimeSpan RetryAfter, string Reason) : SendOutcome;

    /// <summary>The user cannot be reached on this way any more, until he changes his mind or for good.</summary>
    public sealed record RecipientGone(string Reason, bool ForGood = false) : SendOutcome;

    /// <summary>The provider does not know us any more: no message of this sender will pass until that is mended.</summary>
    public sealed record SenderRefused(string Reason) : SendOutcome;

    /// <summary>The provider will never take this message.</summary>
    public sealed record Rejected(string Reason) : SendOutcome;

    /// <summary>The call left and nobody knows what it did.</summary>
    public sealed record Unknown(string Reason) : SendOutcome;

    /// <summary>The call never left.</summary>
    public sealed record NeverSent(string Reason) : SendOutcome;
}
