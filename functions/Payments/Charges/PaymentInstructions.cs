using ServerlessBusiness.Payments.Midtrans;

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

    public static PaymentInstructions Of(MidtransTransaction transaction) => new()
    {
        VaNumber = transaction.VaNumbers?.FirstOrDefault()?.VaNumber ?? transaction.PermataVaNumber,
        BillerCode = transaction.BillerCode,
        BillKey = transaction.BillKey,
        PaymentCode = transaction.PaymentCode,
        QrUrl = Link(transaction, "generate-qr-code"),
        DeeplinkUrl = Link(transaction, "deeplink-redirect"),
        RedirectUrl = transaction.RedirectUrl,
    };

    private static string? Link(MidtransTransaction transaction, string name) =>
        transaction.Actions?.FirstOrDefault(action => action.Name == name)?.Url;
}
