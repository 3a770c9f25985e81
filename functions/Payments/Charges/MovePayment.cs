using Npgsql;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

public enum MoveOutcome
{
    Applied,
    Unchanged,
    WrongMoney,
}

/// <summary>
/// The one place where a payment changes its state: history, messages and the row in one transaction, and only if the row is still as
/// it was seen. Of any number of callers with the same news one makes the change.
/// </summary>
public sealed class MovePayment(Database database, PaymentStore payments, RefundStore refunds, KeepCard keepCard)
{
    /// <summary>Applies what the provider itself confirmed. <paramref name="actor"/> goes into the history.</summary>
    public async Task<MoveOutcome> ApplyAsync(
        TenantId tenant, Guid id, ProviderReport report, string actor, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await ApplyAsync(tenant, await ReadAsync(tenant, id, cancellationToken), report, actor, now, cancellationToken)).Outcome;

    /// <summary>The same for who has read the payment before he asked the provider: it is read anew only when it has been moved since.</summary>
    /// <returns>The payment as it stands then, unless that has to be read.</returns>
    public async Task<(MoveOutcome Outcome, Payment? After)> ApplyAsync(
        TenantId tenant, Payment seen, ProviderReport report, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var payment = seen; ; payment = await ReadAsync(tenant, seen.Id, cancellationToken))
        {
            if (!PaymentMove.IsSameMoney(payment, report))
            {
                await RecordWrongMoneyAsync(tenant, payment, report, actor, now, cancellationToken);
                return (MoveOutcome.WrongMoney, null);
            }

            var move = PaymentMove.Decide(payment, report, now);
            var isNews = !payment.IsPlaced || (payment.ExternalTransactionId is null && report.TransactionId is not null);
            if (move is null && !isNews)
                return (MoveOutcome.Unchanged, null);
            // Most charges wait for their payer now, and nothing else comes with that.
            if (move is null && report is { RefundKeys.Count: 0, SavedToken: null })
                return (MoveOutcome.Unchanged, await KeepAnswerAsync(tenant, payment, report, actor, now, cancellationToken));
            var (isDone, after) = await TryAsync(tenant, payment, report, move, isNews, actor, now, cancellationToken);
            if (isDone)
                return (move is null ? MoveOutcome.Unchanged : MoveOutcome.Applied, after);
        }
    }

    /// <summary>Applies a move of our own; nothing happens when the payment is no longer as it was seen.</summary>
    public async Task ApplyAsync(
        TenantId tenant, Payment seen, PaymentMove move, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await MoveAsync(transaction, seen, move, null, actor, now, cancellationToken))
            await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Payment> ReadAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        await payments.FindAsync(tenant, id, cancellationToken) ?? throw new InvalidOperationException($"There is no payment {id}.");

    private async Task<Payment?> KeepAnswerAsync(
        TenantId tenant, Payment seen, ProviderReport report, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await payments.KeepAnswerAsync(
            connection, seen, report, PaymentEvent.Found(seen, report.TransactionId, actor), now, cancellationToken);
    }

    // Not done when it is no longer as it was seen: what somebody else did to it, or to another payment of its invoice, is the new beginning.
    private async Task<(bool IsDone, Payment? After)> TryAsync(
        TenantId tenant, Payment seen, ProviderReport report, PaymentMove? move, bool isNews, string actor, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        try
        {
            if (move is not null && !await MoveAsync(transaction, seen, move, report.TransactionId, actor, now, cancellationToken))
                return (false, null);
        }
        catch (PostgresException taken) when (taken.IsDuplicateOf(PaymentStore.OneSuccessPerInstallment))
        {
            return (false, null);
        }

        var line = move is null ? PaymentEvent.Found(seen, report.TransactionId, actor) : null;
        var after = isNews ? await payments.KeepAnswerAsync(transaction, seen, report, line, now, cancellationToken) : null;
        if (report.RefundKeys.Count > 0)
        {
            await FinishRefundsAsync(transaction, seen.Id, report.RefundKeys, actor, now, cancellationToken);
            after = null;
        }

        await keepCard.RunAsync(transaction, seen, report, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (true, after);
    }

    private async Task FinishRefundsAsync(
        TenantTransaction transaction, Guid payment, IReadOnlyList<string> keys, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await refunds.FinishKnownAsync(transaction, payment, keys, now, cancellationToken) is not { Count: > 0 } done)
            return;
        var after = await payments.FindAsync(transaction, payment, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {payment}.");
        var held = after.RefundingAmount + done.Sum(refund => refund.Amount);
        foreach (var refund in done)
        {
            held -= refund.Amount;
            await payments.AddEventAsync(
                transaction, PaymentEvent.Held(after with { RefundingAmount = held }, -refund.Amount, "refund_done", refund.RefundKey, actor), now,
                cancellationToken);
        }
    }

    private async Task<bool> MoveAsync(
        TenantTransaction transaction, Payment seen, PaymentMove move, string? transactionId, string actor, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Whoever brings the news knows nothing of the buyer's trace; the payment remembers it.
        using var activity = MessageActivity.StartConsumer($"payment {move.Event}", seen.TraceParent);
        if (await payments.MoveAsync(transaction, seen, move, now, cancellationToken) is not { } isSurplus)
            return false;

        await payments.AddEventAsync(transaction, PaymentEvent.Moved(seen, move, isSurplus, transactionId, actor), now, cancellationToken);
        foreach (var fact in move.Facts(seen, isSurplus, now))
            await transaction.PublishAsync(fact, now, cancellationToken);

        var (wasPaid, isPaid) = (seen.Status == PaymentStatus.Success, move.Status == PaymentStatus.Success);
        // Paid late, after the payer had begun anew: what still waits for this part is withdrawn by the reconciliation before it is paid as well.
        if (isPaid && !isSurplus && seen.Status is not (PaymentStatus.Success or PaymentStatus.Pending))
            await payments.RequestCancellationAsync(transaction, seen.InvoiceId, seen.Installment, null, now, cancellationToken);
        if (wasPaid && !isPaid && !seen.IsSurplus
            && await payments.PromoteSurplusAsync(transaction, seen, now, cancellationToken) is { } successor)
        {
            await payments.AddEventAsync(transaction, PaymentEvent.Promoted(successor, seen.Id, actor), now, cancellationToken);
            await transaction.PublishAsync(PaymentMove.Succeeded(successor, successor.SettledAt ?? now), now, cancellationToken);
        }

        return true;
    }

    private async Task RecordWrongMoneyAsync(
        TenantId tenant, Payment payment, ProviderReport told, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var detail = $"{told.Gross} {told.Currency} for order {told.OrderId} was told by {actor}, {payment.Total} is asked for";
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await payments.AddEventAsync(transaction, PaymentEvent.Noted(payment, "rejected", detail, actor), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
