using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Midtrans;

// The bank refuses the next refund, or makes it while its answer is lost.
public sealed record RefundTrouble(int Times = 1, string? OrderId = null, bool LoseAnswer = false);

static class RefundEndpoints
{
    public static void Map(IEndpointRouteBuilder core, MidtransSimulator simulator)
    {
        core.MapPost("/{id}/refund", (HttpContext context, string id, CancellationToken cancellationToken) =>
            RefundAsync(context, simulator, id, "offline", IsRefundable, cancellationToken));
        core.MapPost("/{id}/refund/online/direct", (HttpContext context, string id, CancellationToken cancellationToken) =>
            RefundAsync(context, simulator, id, "online", IsDirectlyRefundable, cancellationToken));
    }

    static async Task<MidtransAnswer> RefundAsync(
        HttpContext context, MidtransSimulator simulator, string id, string method, Func<MidtransTransaction, bool> isRefundable,
        CancellationToken cancellationToken)
    {
        var request = context.Request.ContentLength is 0 or null && context.Request.ContentType is null
            ? new RefundRequest(null, null, null)
            : await MidtransJson.ReadAsync<RefundRequest>(context.Request, cancellationToken);
        var transaction = CoreEndpoints.Find(context, simulator, id);
        if (!isRefundable(transaction))
            throw MidtransRefusal.CannotChange();
        var trouble = simulator.RefundTroubles.Take(transaction.OrderId);
        if (trouble is { LoseAnswer: false })
            return Denied(transaction, request);

        var refunded = simulator.Ledger.Change(
            transaction.TransactionId, (current, now) => TransactionMoves.Refund(current, request, method, now));
        if (trouble is not null)
        {
            await Silence.UntilGivenUpAsync(context, TimeSpan.FromMinutes(2));
            context.Abort();
        }
        simulator.AnnounceRefundAfterAnswer(context, refunded);
        return new MidtransAnswer(
            Answer(refunded, "Success, refund request is approved", "200", refunded.RefundedAmount, refunded.Refunds[^1].Key));
    }

    // The bank said no: the state stays, and the amount says that nothing was given back.
    static MidtransAnswer Denied(MidtransTransaction transaction, RefundRequest request) =>
        new(Answer(transaction, "Refund denied by the bank", "202", 0, request.RefundKey));

    static JsonObject Answer(MidtransTransaction transaction, string message, string code, decimal amount, string? key)
    {
        var body = WireBodies.Change(transaction, message, code);
        if (transaction.PaymentType == "dana")
            body["order_id"] = transaction.TransactionId;
        body["refund_chargeback_id"] = Math.Max(1, transaction.Refunds.Length);
        body["refund_amount"] = MidtransFormat.Amount(amount);
        body["refund_key"] = key;
        return body;
    }

    static bool IsRefundable(MidtransTransaction transaction) =>
        transaction.PaymentType is not ("bank_transfer" or "echannel" or "cstore");

    static bool IsDirectlyRefundable(MidtransTransaction transaction) =>
        transaction.PaymentType is "gopay" or "qris" or "shopeepay" or "dana" or "credit_card" or "akulaku" or "kredivo";
}
