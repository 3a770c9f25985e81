using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What their words mean.</summary>
public static class MidtransStatus
{
    /// <summary>The state that both words together tell, or null for a word we do not know.</summary>
    public static ProviderState? Read(string? transactionStatus, string? fraudStatus) => (transactionStatus, fraudStatus) switch
    {
        ("capture", "challenge") => ProviderState.Challenge,
        ("capture", "deny") => ProviderState.Deny,
        ("capture", _) => ProviderState.Capture,
        ("pending", _) => ProviderState.Pending,
        ("authorize", _) => ProviderState.Authorize,
        ("settlement", _) => ProviderState.Settlement,
        ("deny", _) => ProviderState.Deny,
        ("cancel", _) => ProviderState.Cancel,
        ("expire", _) => ProviderState.Expire,
        ("failure", _) => ProviderState.Failure,
        ("partial_refund", _) => ProviderState.PartialRefund,
        ("refund", _) => ProviderState.Refund,
        ("partial_chargeback", _) => ProviderState.PartialChargeback,
        ("chargeback", _) => ProviderState.Chargeback,
        _ => null,
    };
}
