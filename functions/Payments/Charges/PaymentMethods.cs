using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>The ways to pay that the platform offers, and which of them can be taken today.</summary>
public static class PaymentMethods
{
    public const string BankTransfer = "bank_transfer";

    private static readonly string[] Banks = ["bca", "bni", "bri", "permata", "cimb", "mandiri"];
    private static readonly string[] Announced = ["credit_card", "gopay", "dana", "shopeepay", "indomaret", "alfamart"];

    /// <exception cref="ProblemException">400 or 422, saying what can be chosen instead.</exception>
    public static void Check(string method, string? bank, Money amount)
    {
        if (Announced.Contains(method))
            throw ProblemException.Unprocessable("METHOD_NOT_AVAILABLE", $"Paying by {method} is not available yet. Choose bank_transfer.");
        if (method != BankTransfer)
            throw ProblemException.Unprocessable("METHOD_NOT_AVAILABLE", "This payment method is not known. Choose bank_transfer.");
        if (!Banks.Contains(bank))
            throw ProblemException.Invalid("bank", "BANK_NOT_AVAILABLE", $"A bank transfer needs a bank: {string.Join(", ", Banks)}.");
        if (amount.Currency != Currency.Idr)
            throw ProblemException.Unprocessable("CURRENCY_NOT_SUPPORTED", $"The provider takes rupiah only, not {amount.Currency}.");
        if (amount.Amount <= 0)
            throw ProblemException.Invalid("amount", "AMOUNT_NOT_POSITIVE", "There is nothing to pay: the amount must be above zero.");
    }
}
