using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>What a charge needs and what is not kept: a timer that finishes one later does not have it.</summary>
public sealed record ChargeInput(ChargeCustomer? Customer, string? CardToken)
{
    public static readonly ChargeInput None = new(null, null);

    public override string ToString() => "input";
}

/// <summary>What came of a charge.</summary>
/// <param name="Payment">As it stands then; null when that has to be read.</param>
public sealed record PlacedCharge(ProviderOutcome Outcome, Payment? Payment = null);

/// <summary>
/// Brings a committed pending payment to the provider, once. Whatever is unclear is looked up by its order id; only an order that the provider
/// does not know is charged, and always under the same id.
/// </summary>
public sealed partial class PlaceCharge(
    IPaymentProvider provider, MerchantAccountBook accounts, ChargeToken tokens, MovePayment move, TimeProvider time,
    ILogger<PlaceCharge> logger)
{
    private const string Source = "charge";

    /// <summary>Charges a payment that the provider does not know, as far as we can tell.</summary>
    public async Task<PlacedCharge> ChargeAsync(
        TenantId tenant, Payment payment, ChargeInput input, CancellationToken cancellationToken)
    {
        var outcome = await AskAsync(tenant, payment, input, cancellationToken);
        if (outcome is ProviderOutcome.Declined { IsDuplicate: true })
            return new PlacedCharge(await LookUpAsync(tenant, payment, Source, cancellationToken));

        if (outcome is ProviderOutcome.Declined declined)
        {
            if (declined.IsConfiguration)
                LogMisconfigured(declined.Code, declined.Message);
            await move.ApplyAsync(tenant, payment, PaymentMove.Declined(payment, declined.Message), Source, time.GetUtcNow(), cancellationToken);
            return new PlacedCharge(outcome);
        }

        return new PlacedCharge(outcome, await KeepAsync(tenant, payment, outcome, Source, cancellationToken));
    }

    /// <summary>Finishes a payment whose charge may or may not have arrived, or whose end we have not heard of.</summary>
    public async Task<ProviderOutcome> FinishAsync(
        TenantId tenant, Payment payment, ChargeInput input, string source, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.FindAsync(account, payment, cancellationToken);
        switch (outcome)
        {
            case ProviderOutcome.Declined { IsNotFound: true } when !payment.IsPlaced:
                return (await ChargeAsync(tenant, payment, input, cancellationToken)).Outcome;
            case ProviderOutcome.Declined { IsNotFound: true }
                when payment is { ProviderSession: not null, ExternalTransactionId: null } && payment.IsOverdue(time.GetUtcNow()):
                // A hosted page that nobody has used: its end sends no word. Should it be paid after all, the notification still counts.
                await move.ApplyAsync(tenant, payment, PaymentMove.Unused(payment), source, time.GetUtcNow(), cancellationToken);
                return outcome;
            case ProviderOutcome.Accepted { Report: var found } when IsMissingWhatThePayerNeeds(payment, found):
                return await RecoverAsync(tenant, payment, found, input, account, source, cancellationToken);
            default:
                await KeepAsync(tenant, payment, outcome, source, cancellationToken);
                return outcome;
        }
    }

    /// <summary>Asks how a payment stands and keeps what is told; whatever comes of it, nothing is charged.</summary>
    public async Task<ProviderOutcome> LookUpAsync(
        TenantId tenant, Payment payment, string source, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.FindAsync(account, payment, cancellationToken);
        await KeepAsync(tenant, payment, outcome, source, cancellationToken);
        return outcome;
    }

    // It arrived, yet what the payer needs stood in the answer that was lost. The same request gets the same answer once more for some minutes, and
    // its order id keeps it from being a second charge. After that the charge is of use to nobody and is withdrawn.
    private async Task<ProviderOutcome> RecoverAsync(
        TenantId tenant, Payment payment, ProviderReport found, ChargeInput input, MerchantAccount account, string source, CancellationToken cancellationToken)
    {
        var outcome = await AskAsync(tenant, payment, input, cancellationToken);
        if (outcome is ProviderOutcome.Accepted { Report: var again } && again.TransactionId == found.TransactionId)
        {
            await KeepAsync(tenant, payment, outcome, source, cancellationToken);
            return outcome;
        }

        if (outcome is ProviderOutcome.Unknown)
            return outcome;
        outcome = await provider.ChangeAsync(account, payment, ChargeChange.Cancel, cancellationToken);
        await KeepAsync(tenant, payment, outcome, source, cancellationToken);
        return outcome;
    }

    private async Task<ProviderOutcome> AskAsync(TenantId tenant, Payment payment, ChargeInput input, CancellationToken cancellationToken)
    {
        var (order, refusal) = await tokens.FillAsync(tenant, new ChargeOrder(payment, input.Customer, input.CardToken, null), cancellationToken);
        if (refusal is not null)
            return refusal;
        if (payment.Method == PaymentMethods.CreditCard && order.Token is null)
            return new ProviderOutcome.Declined(411, "The card's token is not kept; a new one from the browser is needed.");
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        return await provider.ChargeAsync(account, order, cancellationToken);
    }

    private static bool IsMissingWhatThePayerNeeds(Payment payment, ProviderReport found) =>
        !payment.IsPlaced && found is { State: ProviderState.Pending, Instructions: var told } && told.IsEmpty()
        && PaymentMethods.Get(payment.Method).AnswersOnce;

    // Only a charge can be refused; a refused lookup says nothing about the payment.
    private async Task<Payment?> KeepAsync(
        TenantId tenant, Payment payment, ProviderOutcome outcome, string source, CancellationToken cancellationToken)
    {
        if (outcome is not ProviderOutcome.Accepted { Report: var told })
        {
            LogUnclear(payment.OrderId, outcome.ToString());
            return null;
        }

        var (moved, after) = await move.ApplyAsync(tenant, payment, told, source, time.GetUtcNow(), cancellationToken);
        if (moved == MoveOutcome.WrongMoney)
            LogWrongMoney(payment.OrderId, told.Gross);
        return after;
    }

    [LoggerMessage(LogLevel.Warning, "What came of order {OrderId} at the provider is not clear: {Outcome}")]
    private partial void LogUnclear(string orderId, string outcome);

    [LoggerMessage(LogLevel.Error, "The provider holds order {OrderId} with the amount {Amount}, which is not ours. Nothing was changed.")]
    private partial void LogWrongMoney(string orderId, decimal? amount);

    [LoggerMessage(LogLevel.Error, "The provider refuses our account ({Code}: {Message}). Check the merchant account's keys and active channels.")]
    private partial void LogMisconfigured(int code, string message);
}
