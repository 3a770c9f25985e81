using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>
/// Brings a committed pending payment to Midtrans, once. Whatever is unclear is looked up by its order id; only an order that Midtrans
/// does not know is charged, and always under the same id.
/// </summary>
public sealed partial class PlaceCharge(MidtransClient midtrans, MovePayment move, ILogger<PlaceCharge> logger)
{
    /// <summary>Charges a payment that Midtrans does not know, as far as we can tell.</summary>
    public async Task<MidtransOutcome> ChargeAsync(
        TenantId tenant, Payment payment, CustomerDetails? customer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string source = "charge";
        var outcome = await midtrans.ChargeAsync(MidtransCharge.Of(payment, customer), cancellationToken);
        if (outcome is MidtransOutcome.Declined { IsDuplicateOrder: true })
            return await LookUpAsync(tenant, payment, source, now, cancellationToken);

        if (outcome is MidtransOutcome.Declined declined)
        {
            if (declined.IsConfiguration)
                LogMisconfigured(declined.Code, declined.Message);
            await move.ApplyAsync(tenant, payment, PaymentMove.Declined(payment, declined.Message), source, now, cancellationToken);
            return outcome;
        }

        await KeepAsync(tenant, payment, outcome, source, now, cancellationToken);
        return outcome;
    }

    /// <summary>Finishes a payment whose charge may or may not have arrived, or whose end we have not heard of.</summary>
    public async Task<MidtransOutcome> FinishAsync(
        TenantId tenant, Payment payment, CustomerDetails? customer, string source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var outcome = await LookUpAsync(tenant, payment, source, now, cancellationToken);
        return outcome is MidtransOutcome.Declined { IsNotFound: true } && !payment.IsPlaced
            ? await ChargeAsync(tenant, payment, customer, now, cancellationToken)
            : outcome;
    }

    private async Task<MidtransOutcome> LookUpAsync(
        TenantId tenant, Payment payment, string source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outcome = await midtrans.FindAsync(payment.OrderId, cancellationToken);
        await KeepAsync(tenant, payment, outcome, source, now, cancellationToken);
        return outcome;
    }

    // Only a charge can be refused; a refused lookup says nothing about the payment.
    private async Task KeepAsync(
        TenantId tenant, Payment payment, MidtransOutcome outcome, string source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (outcome is not MidtransOutcome.Accepted accepted)
            LogUnclear(payment.OrderId, outcome.ToString());
        else if (await move.ApplyAsync(tenant, payment.Id, accepted, source, now, cancellationToken) == MoveOutcome.WrongMoney)
            LogWrongMoney(payment.OrderId, accepted.Transaction.GrossAmount);
    }

    [LoggerMessage(LogLevel.Warning, "What came of order {OrderId} at Midtrans is not clear: {Outcome}")]
    private partial void LogUnclear(string orderId, string outcome);

    [LoggerMessage(LogLevel.Error, "Midtrans holds order {OrderId} with the amount {Amount}, which is not ours. Nothing was changed.")]
    private partial void LogWrongMoney(string orderId, string? amount);

    [LoggerMessage(LogLevel.Error, "Midtrans refuses our account ({Code}: {Message}). Check MIDTRANS_SERVER_KEY and active channels.")]
    private partial void LogMisconfigured(int code, string message);
}
