namespace ServerlessBusiness.Payments.Providers;

/// <summary>Where a charge stands at its provider. <c>Challenge</c> is a capture that waits for the fraud review.</summary>
public enum ProviderState
{
    Pending,
    Authorize,
    Challenge,
    Capture,
    Settlement,
    Deny,
    Cancel,
    Expire,
    Failure,
    PartialRefund,
    Refund,
    PartialChargeback,
    Chargeback,
}
