using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>The table of moves: what a provider's states mean to us, and which may follow which.</summary>
public static class PaymentStates
{
    private static readonly ProviderState[] Unpaid = [ProviderState.Pending, ProviderState.Authorize, ProviderState.Challenge];
    private static readonly ProviderState[] Paid = [ProviderState.Capture, ProviderState.Settlement];

    /// <summary>Money that was paid stays a success when some of it goes back or is disputed.</summary>
    public static PaymentStatus StatusOf(ProviderState state) => state switch
    {
        ProviderState.Pending or ProviderState.Authorize or ProviderState.Challenge => PaymentStatus.Pending,
        ProviderState.Deny or ProviderState.Failure => PaymentStatus.Failed,
        ProviderState.Cancel or ProviderState.Expire => PaymentStatus.Cancelled,
        _ => PaymentStatus.Success,
    };

    /// <summary>
    /// Notices come late, twice and in any order; only these moves are real. A step may be skipped when its notice was lost,
    /// so a refund may follow a payment that we still take for unpaid.
    /// </summary>
    /// <param name="wasPaid">The money had arrived once. After that a denial is a reversal, which no late reading of the settlement undoes.</param>
    public static bool MayFollow(ProviderState from, ProviderState to, bool wasPaid) => to switch
    {
        ProviderState.Pending => false,
        ProviderState.Authorize or ProviderState.Challenge => from < to && Unpaid.Contains(from),
        ProviderState.Capture or ProviderState.Failure or ProviderState.Expire => Unpaid.Contains(from),
        // Whoever pays after the end has paid all the same: the provider has the money. It never ends what is settled in these ways.
        ProviderState.Settlement => Unpaid.Contains(from)
            || from is ProviderState.Capture or ProviderState.Expire or ProviderState.Cancel or ProviderState.Failure
            || (from == ProviderState.Deny && !wasPaid),
        // After a settlement it is a reversal: the bank took the money back.
        ProviderState.Deny => Unpaid.Contains(from) || Paid.Contains(from),
        ProviderState.Cancel => Unpaid.Contains(from) || from == ProviderState.Capture,
        ProviderState.PartialRefund => IsMoneyIn(from) || from == ProviderState.PartialRefund,
        ProviderState.Refund => IsMoneyIn(from) || from == ProviderState.PartialRefund,
        ProviderState.PartialChargeback => IsMoneyIn(from) || from is ProviderState.PartialRefund,
        ProviderState.Chargeback => IsMoneyIn(from) || from is ProviderState.PartialRefund or ProviderState.PartialChargeback,
        _ => false,
    };

    private static bool IsMoneyIn(ProviderState from) => Unpaid.Contains(from) || Paid.Contains(from);
}
