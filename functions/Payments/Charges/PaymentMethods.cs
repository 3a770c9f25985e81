namespace ServerlessBusiness.Payments.Charges;

public enum RefundWay
{
    /// <summary>The provider cannot send the money back: it is transferred by hand.</summary>
    None,

    /// <summary>Asked for now, moved by the bank later.</summary>
    Ordinary,

    /// <summary>Moved at once.</summary>
    Direct,
}

/// <summary>A way to pay, and what can be done with it.</summary>
/// <param name="ShortestExpiry">Null when the payer's time cannot be chosen.</param>
/// <param name="RefundDays">For how long money can be sent back.</param>
/// <param name="AnswersOnce">What the payer needs stands in the answer to the charge alone; a later look-up does not tell it.</param>
public sealed record PaymentMethod(
    string Name, TimeSpan? ShortestExpiry, TimeSpan? LongestExpiry, RefundWay Refund, int? RefundDays, bool AnswersOnce);

/// <summary>The ways to pay that the platform offers.</summary>
public static class PaymentMethods
{
    public const string CreditCard = "credit_card";
    public const string BankTransfer = "bank_transfer";
    public const string Gopay = "gopay";
    public const string Dana = "dana";
    public const string ShopeePay = "shopeepay";
    public const string Indomaret = "indomaret";
    public const string Alfamart = "alfamart";

    /// <summary>Not a way to pay but a wish: by what the user keeps as his default.</summary>
    public const string Saved = "saved";

    public static readonly IReadOnlyList<string> Banks = ["bca", "bni", "bri", "permata", "cimb", "mandiri"];

    public static readonly IReadOnlyList<PaymentMethod> All =
    [
        new(CreditCard, null, null, RefundWay.Ordinary, null, AnswersOnce: true),
        new(BankTransfer, TimeSpan.FromMinutes(1), TimeSpan.FromDays(180), RefundWay.None, null, AnswersOnce: false),
        new(Gopay, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7), RefundWay.Direct, 180, AnswersOnce: true),
        new(Dana, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1), RefundWay.Ordinary, 45, AnswersOnce: true),
        new(ShopeePay, TimeSpan.FromMinutes(1), TimeSpan.FromDays(5), RefundWay.Direct, 365, AnswersOnce: true),
        new(Indomaret, TimeSpan.FromMinutes(1), TimeSpan.FromDays(180), RefundWay.None, null, AnswersOnce: false),
        new(Alfamart, TimeSpan.FromMinutes(1), TimeSpan.FromDays(180), RefundWay.None, null, AnswersOnce: false),
    ];

    public static PaymentMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);

    /// <exception cref="InvalidOperationException">No payment of such a method can have been opened.</exception>
    public static PaymentMethod Get(string name) => Find(name) ?? throw new InvalidOperationException($"There is no payment method {name}.");
}
