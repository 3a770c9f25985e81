using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>What can be charged; whatever cannot is refused before anything is written.</summary>
public static class ChargeRules
{
    private const int LongestName = 50;

    /// <exception cref="ProblemException">400 or 422, saying what can be done instead.</exception>
    public static PaymentMethod Check(ChargeRequest request)
    {
        var amount = request.Amount!.Value;
        if (PaymentMethods.Find(request.Method) is not { } method)
        {
            throw ProblemException.Unprocessable(
                "METHOD_NOT_AVAILABLE",
                $"This payment method is not known. Choose one of {string.Join(", ", PaymentMethods.All.Select(one => one.Name))}.");
        }

        if (method.Name == PaymentMethods.BankTransfer && !PaymentMethods.Banks.Contains(request.Bank))
            throw ProblemException.Invalid("bank", "BANK_NOT_AVAILABLE", $"A bank transfer needs a bank: {string.Join(", ", PaymentMethods.Banks)}.");
        if (amount.Amount <= 0)
            throw ProblemException.Invalid("amount", "AMOUNT_NOT_POSITIVE", "There is nothing to pay: the amount must be above zero.");
        CheckToken(method, request);
        CheckExpiry(method, request.ExpiresInMinutes);
        CheckItems(request.Items, amount);
        return method;
    }

    private static void CheckToken(PaymentMethod method, ChargeRequest request)
    {
        var isCard = method.Name == PaymentMethods.CreditCard;
        if (isCard && request.CardToken is null == request.PaymentMethodId is null)
        {
            throw ProblemException.Invalid(
                "cardToken", "CARD_TOKEN_MISSING",
                "A card needs one of cardToken, which the provider's script gives the browser, and paymentMethodId.");
        }

        if (!isCard && (request.CardToken is not null || request.AuthorizeOnly || request.SaveMethod))
            throw ProblemException.Invalid("method", "CARD_ONLY", "cardToken, authorizeOnly and saveMethod belong to credit_card.");
        if (request.PaymentMethodId is not null && !isCard && method.Name != PaymentMethods.Gopay)
            throw ProblemException.Invalid("paymentMethodId", "METHOD_NOT_SAVED", $"Saved methods are cards and GoPay, not {method.Name}.");
    }

    private static void CheckExpiry(PaymentMethod method, int? minutes)
    {
        if (minutes is not { } given)
            return;
        if (method is not { ShortestExpiry: { } shortest, LongestExpiry: { } longest })
        {
            throw ProblemException.Unprocessable(
                "EXPIRY_NOT_SUPPORTED", "The time to confirm a card payment is the bank's; leave out expiresInMinutes.");
        }

        if (given < shortest.TotalMinutes || given > longest.TotalMinutes)
        {
            throw ProblemException.Invalid(
                "expiresInMinutes", "EXPIRY_OUT_OF_RANGE", $"{method.Name} takes {shortest.TotalMinutes:0} to {longest.TotalMinutes:0} minutes.");
        }
    }

    private static void CheckItems(IReadOnlyList<ChargeItem>? items, Money amount)
    {
        if (items is null)
            return;
        if (amount.Currency != Currency.Idr)
        {
            throw ProblemException.Unprocessable(
                "ITEMS_NEED_RUPIAH", "Lines can only be given for an amount in IDR; a converted amount has one line.");
        }

        if (items.Count == 0 || !items.All(IsValid))
        {
            throw ProblemException.Invalid(
                "items", "ITEMS_NOT_VALID",
                $"Each line has a name of 1 to {LongestName} characters, a price in whole rupiah and a quantity above zero.");
        }

        var sum = items.Sum(item => item.Price * item.Quantity);
        if (sum != amount.Amount)
            throw ProblemException.Unprocessable("ITEMS_DO_NOT_ADD_UP", $"The lines add up to {sum:0}, the amount is {amount}.");
    }

    private static bool IsValid(ChargeItem item) =>
        item is { Name: { Length: > 0 and <= LongestName }, Quantity: > 0, Price: >= -Money.Largest and <= Money.Largest }
        && item.Price == decimal.Truncate(item.Price);
}
