using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// The body of POST /snap/v1/transactions: a hosted page that offers one method. The transaction begins when the payer uses the page; until then
/// nobody finds it by its order id.
/// </summary>
public sealed record MidtransSnap(TransactionDetails TransactionDetails, IReadOnlyList<string> EnabledPayments)
{
    private const int UsualMinutes = 60;

    public IReadOnlyList<ItemDetail>? ItemDetails { get; init; }
    public CustomerDetails? CustomerDetails { get; init; }
    public SnapExpiry? Expiry { get; init; }
    public SnapExpiry? PageExpiry { get; init; }
    public DanaDetails? Dana { get; init; }

    public static MidtransSnap Of(ChargeOrder order)
    {
        var details = order.Payment.ReadDetails();
        var minutes = Minutes(details);
        return new MidtransSnap(new TransactionDetails(order.Payment.OrderId, decimal.ToInt64(order.Payment.Amount)), [order.Payment.Method])
        {
            ItemDetails = ItemDetail.Of(order.Payment, details),
            CustomerDetails = CustomerDetails.Of(order.Customer),
            Expiry = new SnapExpiry(MidtransTime.WithZone(order.Payment.CreatedAt), minutes, "minutes"),
            PageExpiry = new SnapExpiry(null, minutes, "minutes"),
            Dana = details.CallbackUrl is { } url ? new DanaDetails(url) : null,
        };
    }

    /// <summary>When the page closes. It tells nobody, so we have to know.</summary>
    public static DateTimeOffset ExpiryOf(Payment payment) => payment.CreatedAt.AddMinutes(Minutes(payment.ReadDetails()));

    private static int Minutes(ChargeDetails details) => details.ExpiresInMinutes ?? UsualMinutes;
}

public sealed record SnapExpiry(string? StartTime, int Duration, string Unit);

public sealed record DanaDetails(string CallbackUrl);

/// <summary>The answer of the hosted page: 201 with both members, or a refusal in sentences.</summary>
public sealed record SnapAnswer(string? Token, string? RedirectUrl, IReadOnlyList<string>? ErrorMessages);
