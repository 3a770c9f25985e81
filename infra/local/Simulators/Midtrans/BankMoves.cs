namespace ServerlessBusiness.Simulators.Midtrans;

// What the payer, the bank or the fraud department can do to a transaction, by the name that the control API gives it.
static class BankMoves
{
    public delegate MidtransTransaction Move(MidtransTransaction transaction, decimal? amount, DateTimeOffset now);

    public static IReadOnlyDictionary<string, Move> ByName { get; } = new Dictionary<string, Move>
    {
        ["settle"] = (transaction, _, now) => TransactionMoves.Settle(transaction, now),
        ["deny"] = (transaction, _, now) => TransactionMoves.DenyPayment(transaction, now),
        ["fail"] = (transaction, _, now) => TransactionMoves.Fail(transaction, now),
        ["expire"] = (transaction, _, now) => TransactionMoves.Expire(transaction, now),
        ["cancel"] = (transaction, _, now) => TransactionMoves.Cancel(transaction, now),
        ["challenge"] = (transaction, _, now) => TransactionMoves.Challenge(transaction, now),
        ["capture"] = (transaction, _, now) => TransactionMoves.Capture(transaction, now),
        ["authenticate"] = (transaction, _, now) => CardPayments.Decide(transaction, now),
        ["reverse"] = (transaction, _, now) => TransactionMoves.Reverse(transaction, now),
        ["chargeback"] = TransactionMoves.Chargeback
    };
}
