using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Simulators.Midtrans;

// The body of POST /v2/charge: what every method has, and one object per method.
sealed record ChargeRequest(
    string? PaymentType,
    TransactionDetails? TransactionDetails,
    IReadOnlyList<ItemDetail>? ItemDetails,
    CustomExpiry? CustomExpiry,
    BankTransferDetails? BankTransfer,
    EchannelDetails? Echannel,
    CreditCardDetails? CreditCard,
    WalletDetails? Gopay,
    WalletDetails? Shopeepay,
    CstoreDetails? Cstore)
{
    public string OrderId => TransactionDetails!.OrderId!;

    public decimal GrossAmount => TransactionDetails!.GrossAmount.GetDecimal();

    public void Check()
    {
        var problems = new List<string>();
        if (string.IsNullOrEmpty(PaymentType))
            problems.Add("payment_type is required");
        problems.AddRange(OrderRules.Check(TransactionDetails, ItemDetails));
        if (problems is not [])
            throw MidtransRefusal.Invalid([.. problems]);
    }
}

sealed record TransactionDetails(string? OrderId, JsonElement GrossAmount);

sealed record ItemDetail(string? Id, string? Name, decimal? Price, decimal? Quantity);

sealed record CustomExpiry(string? OrderTime, int? ExpiryDuration, string? Unit);

sealed record BankTransferDetails(string? Bank, string? VaNumber);

sealed record EchannelDetails(string? BillInfo1, string? BillInfo2);

sealed record CreditCardDetails(string? TokenId, bool? Authentication, bool? SaveTokenId, string? Bank, string? Type);

sealed record WalletDetails(string? CallbackUrl, string? AccountId = null, string? PaymentOptionToken = null);

sealed record CstoreDetails(string? Store, string? Message);

// Shared by Core and Snap.
static partial class OrderRules
{
    public static IEnumerable<string> Check(TransactionDetails? details, IReadOnlyList<ItemDetail>? items)
    {
        if (details is null)
        {
            yield return "transaction_details is required";
            yield break;
        }
        if (string.IsNullOrEmpty(details.OrderId))
            yield return "transaction_details.order_id is required";
        else if (details.OrderId.Length > 50)
            yield return "transaction_details.order_id must be between 0 - 50";
        else if (!OrderId().IsMatch(details.OrderId))
            yield return "transaction_details.order_id contains illegal characters";

        if (details.GrossAmount.ValueKind == JsonValueKind.Undefined)
            yield return "transaction_details.gross_amount is required";
        else if (!Integer().IsMatch(details.GrossAmount.GetRawText()))
            yield return "transaction_details.gross_amount must be a whole number";
        else if (details.GrossAmount.GetDecimal() < 1)
            yield return "transaction_details.gross_amount must be greater than or equal to 0.01";
        else if (items is { Count: > 0 } && items.Sum(item => item.Price * item.Quantity) != details.GrossAmount.GetDecimal())
            yield return "transaction_details.gross_amount is not equal to the sum of item_details";

        if (items?.Any(item => item.Name is { Length: > 50 }) == true)
            yield return "item_details Name too long";
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-_~.]+\z")]
    private static partial Regex OrderId();

    [GeneratedRegex(@"^-?[0-9]{1,15}\z")]
    private static partial Regex Integer();
}
