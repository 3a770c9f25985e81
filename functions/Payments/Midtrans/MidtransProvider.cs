using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// Midtrans, call by call. The Core API charges all methods but DANA, which has a hosted page (Snap) that the payer opens; a transaction of it is
/// there only once he has, and is then known by its own id alone.
/// </summary>
public sealed class MidtransProvider(MidtransClient midtrans, IOptions<MidtransOptions> options) : IPaymentProvider
{
    private static readonly Dictionary<string, string> ThroughSnap = new() { ["transaction-source"] = "SNAP_API" };

    public async Task<ProviderOutcome> ChargeAsync(MerchantAccount account, ChargeOrder order, CancellationToken cancellationToken)
    {
        var payment = order.Payment;
        if (payment.Method == PaymentMethods.Dana)
        {
            var snap = new Uri(options.Value.SnapAddress, "snap/v1/transactions");
            return MidtransAnswer.ReadSnap(
                await midtrans.SendAsync(account, HttpMethod.Post, snap, MidtransSnap.Of(order), null, cancellationToken), payment);
        }

        // For five minutes the same key gets the same answer again: what an unheard answer said can still be learnt, and nothing is charged anew.
        var headers = new Dictionary<string, string> { ["Idempotency-Key"] = payment.OrderId };
        return MidtransAnswer.Read(
            await midtrans.SendAsync(account, HttpMethod.Post, Core("charge"), MidtransCharge.Of(order), headers, cancellationToken));
    }

    public async Task<ProviderOutcome> FindAsync(MerchantAccount account, Payment payment, CancellationToken cancellationToken) =>
        MidtransAnswer.Read(await midtrans.SendAsync(
            account, HttpMethod.Get, Core($"{NameOf(payment)}/status"), null, SourceOf(payment), cancellationToken));

    public async Task<ProviderOutcome> ChangeAsync(
        MerchantAccount account, Payment payment, ChargeChange change, CancellationToken cancellationToken)
    {
        if (change == ChargeChange.Capture)
        {
            var capture = new CaptureDetails(payment.ExternalTransactionId, decimal.ToInt64(payment.Amount));
            return MidtransAnswer.Read(
                await midtrans.SendAsync(account, HttpMethod.Post, Core("capture"), capture, null, cancellationToken));
        }

        // A page that nobody has used is closed by its token, and has no state to tell: how the order stands then is looked up.
        if (payment is { ProviderSession: { } page, ExternalTransactionId: null } && change is ChargeChange.Cancel or ChargeChange.Expire)
            return await ClosePageAsync(account, payment, page, cancellationToken);
        return MidtransAnswer.Read(await midtrans.SendAsync(
            account, HttpMethod.Post, Core($"{NameOf(payment)}/{WordOf(change)}"), null, SourceOf(payment), cancellationToken));
    }

    public async Task<ProviderOutcome> RefundAsync(
        MerchantAccount account, Payment payment, RefundOrder refund, CancellationToken cancellationToken)
    {
        var path = Core($"{NameOf(payment)}/refund{(refund.Direct ? "/online/direct" : "")}");
        var body = new RefundDetails(refund.Key, decimal.ToInt64(refund.Amount), refund.Reason);
        return MidtransAnswer.ReadRefund(await midtrans.SendAsync(account, HttpMethod.Post, path, body, SourceOf(payment), cancellationToken));
    }

    private async Task<ProviderOutcome> ClosePageAsync(
        MerchantAccount account, Payment payment, string page, CancellationToken cancellationToken)
    {
        var address = new Uri(options.Value.SnapAddress, $"snap/v1/transactions/{Uri.EscapeDataString(page)}/cancel");
        var reply = await midtrans.SendAsync(account, HttpMethod.Post, address, null, null, cancellationToken);
        return reply switch
        {
            MidtransReply.Answered { Status: var status } when (int)status < 300 =>
                new ProviderOutcome.Accepted(new ProviderReport { State = ProviderState.Cancel, Gross = payment.Amount }),
            // Used or over: which of the two, its notification or the time tells.
            MidtransReply.Answered { Status: var status } when (int)status == 404 => new ProviderOutcome.Declined(404, "The page is not open any more."),
            MidtransReply.Answered { Status: var status, RetryAfter: var wait } => new ProviderOutcome.Unknown($"HTTP {(int)status} for a page.", Arrived: true, wait),
            _ => MidtransAnswer.Read(reply),
        };
    }

    private Uri Core(string path) => new(options.Value.BaseAddress, $"v2/{path}");

    private static string NameOf(Payment payment) =>
        Uri.EscapeDataString(payment.Method == PaymentMethods.Dana && payment.ExternalTransactionId is { } id ? id : payment.OrderId);

    private static Dictionary<string, string>? SourceOf(Payment payment) => payment.Method == PaymentMethods.Dana ? ThroughSnap : null;

    private static string WordOf(ChargeChange change) => change.ToString().ToLowerInvariant();
}

public sealed record CaptureDetails(string? TransactionId, long GrossAmount);

public sealed record RefundDetails(string RefundKey, long Amount, string Reason);
