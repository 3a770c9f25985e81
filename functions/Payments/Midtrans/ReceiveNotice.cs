using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What came of a notification.</summary>
public enum NoticeOutcome
{
    /// <summary>The payment moved.</summary>
    Applied,

    /// <summary>Nothing new: known already, overtaken by later news, or not a move there is.</summary>
    Unchanged,

    /// <summary>Midtrans itself tells another state than the notice.</summary>
    Disagreed,

    /// <summary>Another amount or currency than the payment's.</summary>
    WrongMoney,
}

/// <summary>
/// Takes a notification in two acts: it is verified and stored, then processed, which can be repeated. The signature does not cover
/// the status, so the notice only says where to look; what Midtrans answers when asked is what counts.
/// </summary>
public sealed partial class ReceiveNotice(
    MidtransClient midtrans, MidtransNoticeStore notices, PaymentStore payments, MovePayment move, IOptions<MidtransOptions> options,
    TimeProvider time, ILogger<ReceiveNotice> logger)
{
    /// <param name="account">The tenant whose merchant account the notice was addressed to, when the address names one.</param>
    public async Task<NoticeOutcome> RunAsync(TenantId? account, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var notice = MidtransNotice.Parse(body.Span)
            ?? throw ProblemException.Invalid("INVALID_NOTIFICATION", "The body is not a notification of Midtrans.");
        if (!MidtransSignature.IsValid(notice, options.Value.ServerKey))
        {
            LogForged(notice.OrderId);
            throw ProblemException.Invalid("INVALID_SIGNATURE", "The signature does not fit what it signs and our server key.");
        }

        var payment = await payments.FindOrderAcrossTenantsAsync(notice.OrderId, cancellationToken);
        if (payment is null || (account is not null && account != payment.Tenant))
            throw ProblemException.NotFound("ORDER_NOT_FOUND", "There is no payment with this order id.");

        var now = time.GetUtcNow();
        var hash = SHA256.HashData(body.Span);
        var known = await notices.KeepAsync(payment.Tenant, hash, notice, Encoding.UTF8.GetString(body.Span), now, cancellationToken);
        if (known is NoticeOutcome.Applied or NoticeOutcome.Unchanged)
            return NoticeOutcome.Unchanged;

        var outcome = await ProcessAsync(payment, notice, now, cancellationToken);
        await notices.FinishAsync(payment.Tenant, hash, outcome, now, cancellationToken);
        if (outcome is NoticeOutcome.Disagreed or NoticeOutcome.WrongMoney)
            LogNotBelieved(notice.OrderId, notice.TransactionStatus, outcome);
        return outcome;
    }

    private async Task<NoticeOutcome> ProcessAsync(
        PaymentReference reference, MidtransNotice notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(reference.Tenant, reference.Id, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {reference.Id}.");
        if (MidtransTransaction.Amount(notice.GrossAmount) != payment.Amount || (notice.Currency ?? "IDR") != payment.Currency.Code)
            return NoticeOutcome.WrongMoney;
        if (notice.State is not { } claimed || !MidtransStatus.MayFollow(payment.ProviderState, claimed))
            return NoticeOutcome.Unchanged;

        switch (await midtrans.FindAsync(notice.OrderId, cancellationToken))
        {
            case MidtransOutcome.Accepted { Transaction.State: { } confirmed } accepted when IsSame(claimed, confirmed):
                return await move.ApplyAsync(reference.Tenant, reference.Id, accepted, "notice", now, cancellationToken) switch
                {
                    MoveOutcome.Applied => NoticeOutcome.Applied,
                    MoveOutcome.WrongMoney => NoticeOutcome.WrongMoney,
                    _ => NoticeOutcome.Unchanged,
                };
            case MidtransOutcome.Accepted or MidtransOutcome.Declined { IsNotFound: true }:
                return NoticeOutcome.Disagreed;
            default:
                // The stored notice is processed when Midtrans sends it again, or the reconciliation finds out by itself.
                throw ProblemException.Unavailable(
                    "STATUS_UNAVAILABLE", "The notification is stored, but its state cannot be confirmed now.", TimeSpan.FromSeconds(30));
        }
    }

    // A late notice of a settlement is still true when a refund has followed: what counts is how we call it.
    private static bool IsSame(MidtransState claimed, MidtransState confirmed) =>
        MidtransStatus.StatusOf(claimed) == MidtransStatus.StatusOf(confirmed);

    [LoggerMessage(LogLevel.Warning, "A notification for order {OrderId} carries a signature that is not ours.")]
    private partial void LogForged(string orderId);

    [LoggerMessage(LogLevel.Warning, "A notification says that order {OrderId} is {Status}; nothing was changed: {Outcome}.")]
    private partial void LogNotBelieved(string orderId, string status, NoticeOutcome outcome);
}
