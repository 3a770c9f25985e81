using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// The second act: a stored notice is processed, which can be repeated. The signature covers neither the status nor the fraud review, so the
/// notice only says where to look; what Midtrans answers when asked is what counts.
/// </summary>
public sealed partial class ProcessNotice(
    IPaymentProvider provider, MerchantAccountBook accounts, NoticeStore notices, PaymentStore payments, MovePayment move, TimeProvider time,
    ILogger<ProcessNotice> logger)
{
    /// <summary>What came of it: stored when it is asked about again later, null when Midtrans cannot be asked now.</summary>
    public async Task<NoticeOutcome?> RunAsync(StoredNotice stored, MidtransNotice notice, CancellationToken cancellationToken)
    {
        if (await JudgeAsync(stored, notice, cancellationToken) is not { } outcome)
            return null;
        if (outcome == NoticeOutcome.Stored)
            return outcome;
        await notices.FinishAsync(stored.Tenant, stored.ContentHash, outcome, time.GetUtcNow(), cancellationToken);
        if (outcome is NoticeOutcome.Disagreed or NoticeOutcome.WrongMoney)
            LogNotBelieved(notice.OrderId, notice.TransactionStatus, outcome);
        return outcome;
    }

    /// <inheritdoc cref="RunAsync(StoredNotice, MidtransNotice, CancellationToken)"/>
    public Task<NoticeOutcome?> RunAsync(StoredNotice stored, CancellationToken cancellationToken)
    {
        var notice = MidtransNotice.Parse(Encoding.UTF8.GetBytes(stored.Body))
            ?? throw new InvalidOperationException($"The stored notice of payment {stored.PaymentId} cannot be read.");
        return RunAsync(stored, notice, cancellationToken);
    }

    private async Task<NoticeOutcome?> JudgeAsync(StoredNotice stored, MidtransNotice notice, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(stored.Tenant, stored.PaymentId, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {stored.PaymentId}.");
        if (MidtransTransaction.Amount(notice.GrossAmount) != payment.Amount || (notice.Currency ?? "IDR") != payment.Currency.Code)
            return NoticeOutcome.WrongMoney;
        // The payer has begun to use a hosted page: from now on its transaction can be looked up.
        var isFirstOfPage = payment is { ProviderSession: not null, ExternalTransactionId: null } && notice.TransactionId is not null;
        if (notice.State is not { } claimed
            || (!isFirstOfPage && !PaymentStates.MayFollow(payment.ProviderState, claimed, payment.SettledAt is not null)))
            return NoticeOutcome.Unchanged;

        var asked = isFirstOfPage ? payment with { ExternalTransactionId = notice.TransactionId } : payment;
        var account = await accounts.OfPaymentAsync(stored.Tenant, payment.MerchantAccountId, cancellationToken);
        switch (await provider.FindAsync(account, asked, cancellationToken))
        {
            // The signature does not cover the transaction's id either: it may be somebody else's, who has paid the same amount.
            case ProviderOutcome.Accepted { Report.OrderId: var order } when isFirstOfPage && order != payment.OrderId:
                return NoticeOutcome.Disagreed;
            case ProviderOutcome.Accepted { Report: var report }:
                return await ApplyAsync(stored, notice, payment, report, cancellationToken);
            case ProviderOutcome.Declined { IsNotFound: true }:
                return await AskAgainAsync(stored, NoticeOutcome.Disagreed, cancellationToken);
            default:
                return null;
        }
    }

    // What the books show counts, also when the notice tells otherwise: it may be older than they are, or not true.
    private async Task<NoticeOutcome> ApplyAsync(
        StoredNotice stored, MidtransNotice notice, Payment payment, ProviderReport report, CancellationToken cancellationToken)
    {
        // Of a charge that is still being placed only its own answer tells what the payer needs.
        var isBeingPlaced = !payment.IsPlaced && report.State == ProviderState.Pending;
        var moved = isBeingPlaced
            ? MoveOutcome.Unchanged
            : await move.ApplyAsync(stored.Tenant, payment.Id, report, "notice", time.GetUtcNow(), cancellationToken);
        if (moved == MoveOutcome.WrongMoney)
            return NoticeOutcome.WrongMoney;

        var isAhead = notice.IsAheadOf(report);
        var isConfirmed = !isAhead && report.State is { } shown && IsSame(notice.State!.Value, shown);
        var outcome = moved == MoveOutcome.Applied ? NoticeOutcome.Applied : isConfirmed ? NoticeOutcome.Unchanged : NoticeOutcome.Disagreed;
        return isAhead || outcome == NoticeOutcome.Disagreed ? await AskAgainAsync(stored, outcome, cancellationToken) : outcome;
    }

    // Their books may lag behind their notice: they are read again a few times before it is not believed.
    private async Task<NoticeOutcome> AskAgainAsync(StoredNotice stored, NoticeOutcome otherwise, CancellationToken cancellationToken) =>
        await notices.RecheckAsync(stored.Tenant, stored.ContentHash, time.GetUtcNow(), cancellationToken) ? NoticeOutcome.Stored : otherwise;

    // A late notice of a settlement is still true when a refund has followed: what counts is how we call it.
    private static bool IsSame(ProviderState claimed, ProviderState confirmed) =>
        PaymentStates.StatusOf(claimed) == PaymentStates.StatusOf(confirmed);

    [LoggerMessage(LogLevel.Warning, "A notification says that order {OrderId} is {Status}; nothing was changed: {Outcome}.")]
    private partial void LogNotBelieved(string orderId, string status, NoticeOutcome outcome);
}
