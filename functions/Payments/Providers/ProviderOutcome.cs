namespace ServerlessBusiness.Payments.Providers;

/// <summary>What came of a call: the provider took it, refused it, or nobody knows.</summary>
public abstract record ProviderOutcome
{
    private ProviderOutcome()
    {
    }

    /// <summary>The charge as it stands there now.</summary>
    public sealed record Accepted(ProviderReport Report) : ProviderOutcome;

    /// <summary>Refused for good: sending the same again gets the same answer. Codes are those of Midtrans' bodies.</summary>
    public sealed record Declined(int Code, string Message) : ProviderOutcome
    {
        public bool IsNotFound => Code == 404;

        /// <summary>The order id, or the key of a refund, is known there already: an earlier attempt of ours arrived.</summary>
        public bool IsDuplicate => Code == 406;

        /// <summary>Its state does not allow this: the payer or the clock was faster.</summary>
        public bool IsTooLate => Code == 412;

        /// <summary>Our account is wrong, not this payment: somebody must look at keys and activated channels.</summary>
        public bool IsConfiguration => Code is 401 or 402 or 403;
    }

    /// <summary>No answer to go by. <paramref name="Arrived"/> is false when the call certainly did nothing there.</summary>
    public sealed record Unknown(string Reason, bool Arrived, TimeSpan? RetryAfter = null) : ProviderOutcome;
}
