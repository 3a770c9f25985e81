using ServerlessBusiness.Payments.Charges;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>The body of POST /v2/charge: what every method has, and one object for the chosen one.</summary>
public sealed record MidtransCharge(string PaymentType, TransactionDetails TransactionDetails)
{
    public IReadOnlyList<ItemDetail>? ItemDetails { get; init; }
    public CustomerDetails? CustomerDetails { get; init; }
    public BankTransferDetails? BankTransfer { get; init; }
    public EchannelDetails? Echannel { get; init; }

    /// <summary>The charge of a payment; amounts are whole rupiah, and the one item sums up to it.</summary>
    public static MidtransCharge Of(Payment payment, CustomerDetails? customer)
    {
        var amount = decimal.ToInt64(payment.Amount);
        var charge = new MidtransCharge(TypeOf(payment), new TransactionDetails(payment.OrderId, amount))
        {
            ItemDetails = [new ItemDetail(payment.InvoiceId.ToString("N"), Shorten(payment.Description, 50), amount, 1)],
            CustomerDetails = customer,
        };
        return charge.PaymentType == "echannel"
            ? charge with { Echannel = new EchannelDetails("Payment:", Shorten(payment.Description, 30)) }
            : charge with { BankTransfer = new BankTransferDetails(payment.Bank!) };
    }

    // Mandiri is no virtual account but a bill that the payer looks up by two numbers.
    private static string TypeOf(Payment payment) => (payment.Method, payment.Bank) switch
    {
        (PaymentMethods.BankTransfer, "mandiri") => "echannel",
        (PaymentMethods.BankTransfer, not null) => "bank_transfer",
        _ => throw new InvalidOperationException($"No charge is known for {payment.Method}."),
    };

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];
}

public sealed record TransactionDetails(string OrderId, long GrossAmount);

public sealed record ItemDetail(string Id, string Name, long Price, int Quantity);

public sealed record CustomerDetails(string? FirstName, string? Email);

public sealed record BankTransferDetails(string Bank);

/// <summary>Two lines on the payer's screen: at most 10 and 30 characters.</summary>
public sealed record EchannelDetails(string BillInfo1, string BillInfo2);
