using ServerlessBusiness.Payments.Charges;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Where a transaction stands at Midtrans. <c>Challenge</c> is a capture that waits for the fraud review.</summary>
public enum MidtransState
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

/// <summary>What their words mean to us, and which state may follow which.</summary>
public static class MidtransStatus
{
    private static readonly MidtransState[] Unpaid = [MidtransState.Pending, MidtransState.Authorize, MidtransState.Challenge];
    private static readonly MidtransState[] Paid = [MidtransState.Capture, MidtransState.Settlement];

    /// <summary>The state that both words together tell, or null for a word we do not know.</summary>
    public static MidtransState? Read(string? transactionStatus, string? fraudStatus) => (transactionStatus, fraudStatus) switch
    {
        ("capture", "challenge") => MidtransState.Challenge,
        ("capture", "deny") => MidtransState.Deny,
        ("capture", _) => MidtransState.Capture,
        ("pending", _) => MidtransState.Pending,
        ("authorize", _) => MidtransState.Authorize,
        ("settlement", _) => MidtransState.Settlement,
        ("deny", _) => MidtransState.Deny,
        ("cancel", _) => MidtransState.Cancel,
        ("expire", _) => MidtransState.Expire,
        ("failure", _) => MidtransState.Failure,
        ("partial_refund", _) => MidtransState.PartialRefund,
        ("refund", _) => MidtransState.Refund,
        ("partial_chargeback", _) => MidtransState.PartialChargeback,
        ("chargeback", _) => MidtransState.Chargeback,
        _ => null,
    };

    /// <summary>Money that was paid stays a success when some of it goes back or is disputed.</summary>
    public static PaymentStatus StatusOf(MidtransState state) => state switch
    {
        MidtransState.Pending or MidtransState.Authorize or MidtransState.Challenge => PaymentStatus.Pending,
        MidtransState.Deny or MidtransState.Failure => PaymentStatus.Failed,
        MidtransState.Cancel or MidtransState.Expire => PaymentStatus.Cancelled,
        _ => PaymentStatus.Success,
    };

    /// <summary>
    /// Notices come late, twice and in any order; only these moves are real. A step may be skipped when its notice was lost,
    /// so a refund may follow a payment that we still take for unpaid.
    /// </summary>
    public static bool MayFollow(MidtransState from, MidtransState to) => to switch
    {
        MidtransState.Pending => false,
        MidtransState.Authorize or MidtransState.Challenge => from < to && Unpaid.Contains(from),
        MidtransState.Capture or MidtransState.Failure or MidtransState.Expire => Unpaid.Contains(from),
        MidtransState.Settlement => Unpaid.Contains(from) || from == MidtransState.Capture,
        // After a settlement it is a reversal: the bank took the money back.
        MidtransState.Deny => Unpaid.Contains(from) || Paid.Contains(from),
        MidtransState.Cancel => Unpaid.Contains(from) || from == MidtransState.Capture,
        MidtransState.PartialRefund => IsMoneyIn(from) || from == MidtransState.PartialRefund,
        MidtransState.Refund => IsMoneyIn(from) || from == MidtransState.PartialRefund,
        MidtransState.PartialChargeback => IsMoneyIn(from) || from is MidtransState.PartialRefund,
        MidtransState.Chargeback => IsMoneyIn(from) || from is MidtransState.PartialRefund or MidtransState.PartialChargeback,
        _ => false,
    };

    private static bool IsMoneyIn(MidtransState from) => Unpaid.Contains(from) || Paid.Contains(from);
}
