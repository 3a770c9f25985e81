using System.Text.Json;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
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
public sealed class MovePayment(Database database, PaymentStore payments)
{
    /// <summary>Applies what the provider itself confirmed. <paramref name="source"/> goes into the history.</summary>
    public async Task<MoveOutcome> ApplyAsync(
        TenantId tenant, Guid id, MidtransOutcome.Accepted confirmed, string source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var payment = await payments.FindAsync(tenant, id, cancellationToken)
                ?? throw new InvalidOperationException($"There is no payment {id}.");
            if (!PaymentMove.IsSameMoney(payment, confirmed.Transaction))
            {
                await RecordWrongMoneyAsync(tenant, payment, confirmed.Transaction, source, now, cancellationToken);
                return MoveOutcome.WrongMoney;
            }

            var move = PaymentMove.Decide(payment, confirmed.Transaction, now);
            if (move is null && payment.IsPlaced)
                return MoveOutcome.Unchanged;

            await using var transaction = await database.BeginAsync(tenant, cancellationToken);
            // Not moved means that it is no longer as it was seen: what somebody else did to it is the new starting point.
            if (move is not null && !await MoveAsync(transaction, payment, move, source, now, cancellationToken))
                continue;
            if (!payment.IsPlaced)
                await KeepAnswerAsync(transaction, payment, confirmed, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return move is null ? MoveOutcome.Unchanged : MoveOutcome.Applied;
        }
    }

    /// <summary>Applies a move of our own; nothing happens when the payment is no longer as it was seen.</summary>
    public async Task ApplyAsync(
        TenantId tenant, Payment seen, PaymentMove move, string source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await MoveAsync(transaction, seen, move, source, now, cancellationToken))
            await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> MoveAsync(
        TenantTransaction transaction, Payment seen, PaymentMove move, string source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Whoever brings the news knows nothing of the buyer's trace; the payment remembers it.
        using var activity = MessageActivity.StartConsumer($"payment {move.Event}", seen.TraceParent);
        if (!await payments.MoveAsync(transaction, seen, move, now, cancellationToken))
            return false;

        var detail = move.Reason is null ? $"{move.State}, by {source}" : $"{move.State}: {move.Reason}, by {source}";
        await payments.AddEventAsync(transaction, seen.Id, move.Event, seen.Status, move.Status, detail, now, cancellationToken);
        foreach (var fact in move.Facts(seen, now))
            await transaction.PublishAsync(fact, now, cancellationToken);
        return true;
    }

    private Task KeepAnswerAsync(
        TenantTransaction transaction, Payment payment, MidtransOutcome.Accepted confirmed, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var instructions = JsonSerializer.Serialize(PaymentInstructions.Of(confirmed.Transaction), ApiJson.Options);
        return payments.KeepAnswerAsync(
            transaction, payment.Id, confirmed.Transaction.TransactionId, instructions, MidtransJson.Redact(confirmed.Body),
            confirmed.Transaction.ExpiresAt, now, cancellationToken);
    }

    private async Task RecordWrongMoneyAsync(
        TenantId tenant, Payment payment, MidtransTransaction told, string source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var detail = $"{told.GrossAmount} {told.Currency} was told by {source}, {payment.Total} is asked for";
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await payments.AddEventAsync(
            transaction, payment.Id, "rejected", payment.Status, payment.Status, detail, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
