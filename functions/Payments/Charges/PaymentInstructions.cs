namespace ServerlessBusiness.Payments.Charges;

/// <summary>What the payer needs in order to pay, in one shape for all methods.</summary>
public sealed record PaymentInstructions
{
    public string? VaNumber { get; init; }
    public string? BillerCode { get; init; }
    public string? BillKey { get; init; }
    public string? PaymentCode { get; init; }
    public string? QrUrl { get; init; }
    public string? DeeplinkUrl { get; init; }
    public string? RedirectUrl { get; init; }

    /// <summary>Nothing is left for the payer to do, or nobody told what.</summary>
    public bool IsEmpty() => this == new PaymentInstructions();
}
