namespace ServerlessBusiness.Shared.Http;

/// <summary>Another of our services gave no usable answer. Answered with 503 and Retry-After.</summary>
public sealed class ServiceUnavailableException(string service, string sentence, TimeSpan retryAfter, bool outcomeUnknown, Exception? inner = null)
    : Exception(sentence, inner)
{
    /// <summary>Key of the service that was called.</summary>
    public string Service => service;

    /// <summary>When trying again makes sense; what is left of the break while the circuit is open.</summary>
    public TimeSpan RetryAfter => retryAfter;

    /// <summary>True when the call may have been carried out all the same: ask what became of it, or repeat it under the same idempotency key.</summary>
    public bool OutcomeUnknown => outcomeUnknown;
}
