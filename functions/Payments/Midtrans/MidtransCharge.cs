using System.Text.Json.Serialization;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>The body of POST /v2/charge: what every method has, and one object for the chosen one.</summary>
public sealed record MidtransCharge(string PaymentType, TransactionDetails TransactionDetails)
{
    public IReadOnlyList<ItemDetail>? ItemDetails { get; init; }
    public CustomerDetails? CustomerDetails { get; init; }
    public CustomExpiry? CustomExpiry { get; init; }
    public BankTransferDetails? BankTransfer { get; init; }
    public EchannelDetails? Echannel { get; init; }
    public CreditCardDetails? CreditCard { get; init; }
    public GopayDetails? Gopay { get; init; }
    public ShopeepayDetails? Shopeepay { get; init; }
    public CstoreDetails? Cstore { get; init; }

    /// <summary>The charge of a payment; amounts are whole rupiah, and the items sum up to it.</summary>
    public static MidtransCharge Of(ChargeOrder order)
    {
        var payment = order.Payment;
        var details = payment.ReadDetails();
        var charge = new MidtransCharge(TypeOf(payment), new TransactionDetails(payment.OrderId, decimal.ToInt64(payment.Amount)))
        {
            ItemDetails = ItemDetail.Of(payment, details),
            CustomerDetails = CustomerDetails.Of(order.Customer),
            // Counted from the moment the row was written, so that the same charge made again later ends at the same time.
            CustomExpiry = details.ExpiresInMinutes is { } minutes
                ? new CustomExpiry(MidtransTime.WithZone(payment.CreatedAt), minutes, "minute")
                : null,
        };
        return payment.Method switch
        {
            // Mandiri is no virtual account but a bill that the payer looks up by two numbers.
            PaymentMethods.BankTransfer when payment.Bank == "mandiri" =>
                charge with { Echannel = new EchannelDetails("Payment:", Shorten(payment.Description, 30)) },
            PaymentMethods.BankTransfer => charge with { BankTransfer = new BankTransferDetails(payment.Bank!) },
            PaymentMethods.CreditCard => charge with
            {
                CreditCard = new CreditCardDetails(
                    order.Token!, Authentication: payment.PaymentMethodId is null, details.SaveMethod ? true : null,
                    details.AuthorizeOnly ? "authorize" : null),
            },
            PaymentMethods.Gopay => charge with
            {
                Gopay = new GopayDetails(
                    details.CallbackUrl is not null ? true : null, details.CallbackUrl, order.Wallet?.AccountId, order.Wallet?.OptionToken),
            },
            PaymentMethods.ShopeePay => charge with { Shopeepay = new ShopeepayDetails(details.CallbackUrl) },
            PaymentMethods.Indomaret => charge with { Cstore = new CstoreDetails(payment.Method, Shorten(payment.Description, 40), null) },
            PaymentMethods.Alfamart => charge with { Cstore = new CstoreDetails(payment.Method, null, Shorten(ItemDetail.TextFor(payment, payment.Description), 40)) },
            _ => throw new InvalidOperationException($"No charge is known for {payment.Method}."),
        };
    }

    private static string TypeOf(Payment payment) => (payment.Method, payment.Bank) switch
    {
        (PaymentMethods.BankTransfer, "mandiri") => "echannel",
        (PaymentMethods.Indomaret or PaymentMethods.Alfamart, _) => "cstore",
        _ => payment.Method,
    };

    internal static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];
}

public sealed record TransactionDetails(string OrderId, long GrossAmount);

public sealed record ItemDetail(string Id, string Name, long Price, int Quantity)
{
    /// <summary>The lines that were given, or one over the whole.</summary>
    public static IReadOnlyList<ItemDetail> Of(Payment payment, ChargeDetails details) => details.Items is { Count: > 0 } items
        ? [.. items.Select((item, at) => new ItemDetail($"{at + 1}", TextFor(payment, item.Name), decimal.ToInt64(item.Price), item.Quantity))]
        : [new ItemDetail(payment.InvoiceId.ToString("N"), MidtransCharge.Shorten(TextFor(payment, payment.Description), 50), decimal.ToInt64(payment.Amount), 1)];

    /// <summary>Alfamart's till takes no '|' in a text.</summary>
    internal static string TextFor(Payment payment, string text) =>
        payment.Method == PaymentMethods.Alfamart ? text.Replace('|', '/') : text;
}

public sealed record CustomerDetails(string? FirstName, string? LastName, string? Email, string? Phone)
{
    public static CustomerDetails? Of(ChargeCustomer? customer) =>
        customer is null ? null : new CustomerDetails(customer.FirstName, customer.LastName, customer.Email, customer.Phone);
}

/// <summary>The order time is written with its zone, unlike all other times there.</summary>
public sealed record CustomExpiry(string OrderTime, int ExpiryDuration, string Unit);

public sealed record BankTransferDetails(string Bank);

/// <summary>Two lines on the payer's screen: at most 10 and 30 characters.</summary>
public sealed record EchannelDetails(string BillInfo1, string BillInfo2);

/// <param name="TokenId">Of the browser for one charge, or a saved one, which its owner need not authenticate again.</param>
/// <param name="Type"><c>authorize</c> holds the money until a capture.</param>
public sealed record CreditCardDetails(string TokenId, bool Authentication, bool? SaveTokenId, string? Type);

public sealed record GopayDetails(bool? EnableCallback, string? CallbackUrl, string? AccountId, string? PaymentOptionToken);

public sealed record ShopeepayDetails(string? CallbackUrl);

/// <summary>What stands on the slip, at most 40 characters: each store has its own member for it.</summary>
public sealed record CstoreDetails(
    string Store, string? Message, [property: JsonPropertyName("alfamart_free_text_1")] string? AlfamartFreeText1);
