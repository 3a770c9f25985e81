using System.Text.Json.Nodes;
using static ServerlessBusiness.Simulators.Midtrans.TransactionStatus;

namespace ServerlessBusiness.Simulators.Midtrans;

// Which state may follow which. Every other move is refused with 412, as the provider does.
static class TransactionMoves
{
    public static MidtransTransaction Settle(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status == Pending || IsCaptured(transaction));
        return WithProof(transaction, now) with { Status = Settlement, SettlementTime = now };
    }

    // What the payer's bank answers for a card: captured at once, or only held when the charge said "authorize".
    public static MidtransTransaction Capture(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction is { PaymentType: "credit_card", Status: Pending or Authorize });
        var holdsOnly = transaction is { Status: Pending, AuthorizeOnly: true };
        return WithProof(transaction, now) with { Status = holdsOnly ? Authorize : TransactionStatus.Capture, FraudStatus = "accept" };
    }

    public static MidtransTransaction Challenge(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction is { PaymentType: "credit_card", Status: Pending });
        return WithProof(transaction, now) with { Status = TransactionStatus.Capture, FraudStatus = "challenge" };
    }

    public static MidtransTransaction Approve(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(IsChallenged(transaction));
        return transaction with { FraudStatus = "accept" };
    }

    // By the merchant through the API: only what fraud detection put on hold.
    public static MidtransTransaction DenyChallenged(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(IsChallenged(transaction));
        return transaction with { Status = Deny, FraudStatus = "deny" };
    }

    // By the bank.
    public static MidtransTransaction DenyPayment(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status == Pending || IsChallenged(transaction));
        return transaction with { Status = Deny, FraudStatus = transaction.FraudStatus is null ? null : "deny" };
    }

    public static MidtransTransaction Fail(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status == Pending);
        return transaction with { Status = Failure };
    }

    public static MidtransTransaction Cancel(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status is Pending or Authorize or TransactionStatus.Capture);
        return transaction with { Status = TransactionStatus.Cancel };
    }

    public static MidtransTransaction Expire(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status is Pending or Authorize);
        return transaction with { Status = TransactionStatus.Expire };
    }

    // Money that was reported as received and taken back by the bank within minutes.
    public static MidtransTransaction Reverse(MidtransTransaction transaction, DateTimeOffset now)
    {
        Require(transaction.Status == Settlement);
        return transaction with { Status = Deny };
    }

    public static MidtransTransaction Chargeback(MidtransTransaction transaction, decimal? amount, DateTimeOffset now)
    {
        Require(transaction.Status is Settlement or TransactionStatus.PartialChargeback || IsCaptured(transaction));
        var isFull = amount is null || amount >= transaction.GrossAmount;
        return transaction with { Status = isFull ? TransactionStatus.Chargeback : PartialChargeback };
    }

    public static MidtransTransaction Refund(MidtransTransaction transaction, RefundRequest request, string method, DateTimeOffset now)
    {
        Require(transaction.Status is Settlement or PartialRefund);
        if (transaction.Refunds.Any(earlier => earlier.Key == request.RefundKey))
            throw new MidtransRefusal(406, "Duplicate refund ID");
        var left = transaction.GrossAmount - transaction.RefundedAmount;
        var amount = request.Amount ?? left;
        if (amount <= 0 || amount > left)
            throw new MidtransRefusal(414, "Refund request is rejected due to invalid amount");

        var refund = new Refund(
            transaction.Refunds.Length + 1, request.RefundKey ?? $"{Guid.CreateVersion7()}", amount, request.Reason, method, now, null);
        return transaction with
        {
            Status = amount == left ? TransactionStatus.Refund : PartialRefund,
            Refunds = transaction.Refunds.Add(refund)
        };
    }

    // The second notice of a refund says that the bank has really moved the money.
    public static MidtransTransaction ConfirmRefund(MidtransTransaction transaction, int refundId, DateTimeOffset now)
    {
        var refund = transaction.Refunds.Single(each => each.Id == refundId);
        return transaction with { Refunds = transaction.Refunds.Replace(refund, refund with { BankConfirmedAt = now }) };
    }

    static bool IsChallenged(MidtransTransaction transaction) =>
        transaction is { Status: TransactionStatus.Capture, FraudStatus: "challenge" };

    static bool IsCaptured(MidtransTransaction transaction) => transaction is { Status: TransactionStatus.Capture, FraudStatus: "accept" };

    static void Require(bool isAllowed)
    {
        if (!isAllowed)
            throw MidtransRefusal.CannotChange();
    }

    // What the channel adds once somebody has paid.
    static MidtransTransaction WithProof(MidtransTransaction transaction, DateTimeOffset now)
    {
        var fields = transaction.MethodFields.DeepClone().AsObject();
        if (transaction.PaymentType == "credit_card")
        {
            fields["approval_code"] = $"{now.ToUnixTimeMilliseconds()}";
            fields["eci"] = "05";
            fields["channel_response_code"] = "00";
            fields["channel_response_message"] = "Approved";
        }
        else if (transaction.PaymentType == "shopeepay")
        {
            fields["shopeepay_reference_number"] = RandomDigits.Of(18);
            fields["reference_id"] = $"DL-{Guid.NewGuid():N}"[..24];
        }
        else if ((string?)fields["store"] == "indomaret")
        {
            fields["approval_code"] = RandomDigits.Of(20);
        }
        return transaction with { MethodFields = fields };
    }
}
