using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>
/// Does something to a charge at the provider: cancels or expires it, takes held money, ends a fraud review. Only what the provider then tells
/// changes the payment; when it tells nothing, the notification or the reconciliation brings it.
/// </summary>
public sealed class ChangePayment(
    Database database, PaymentStore payments, IPaymentProvider provider, MerchantAccountBook accounts, CancelCharge cancelCharge, MovePayment move,
    TimeProvider time)
{
    /// <returns>The payment as it is now, and whether that is the end of it.</returns>
    public async Task<(Payment Payment, bool IsDone)> RunAsync(
        TenantId tenant, Payment payment, ChargeChange change, string actor, CancellationToken cancellationToken)
    {
        if (!MayChange(payment.ProviderState, change) || payment.Status is PaymentStatus.Failed or PaymentStatus.Cancelled)
            throw Impossible(payment, change);

        var now = time.GetUtcNow();
        if (change == ChargeChange.Cancel && payment.Status == PaymentStatus.Pending)
        {
            // The wish is kept before the provider is asked: a crash from here on leaves it to the reconciliation.
            var wish = await KeepWishAsync(tenant, payment, actor, now, cancellationToken);
            await cancelCharge.RunAsync(tenant, wish, cancellationToken);
        }
        else
        {
            await NoteAsync(tenant, payment, change, actor, now, cancellationToken);
            await AskAsync(tenant, payment, change, actor, cancellationToken);
        }

        var current = await payments.FindAsync(tenant, payment.Id, cancellationToken) ?? payment;
        return (current, current.ProviderState != payment.ProviderState || current.Status != payment.Status);
    }

    /// <summary>From which state the provider can do what.</summary>
    public static bool MayChange(ProviderState state, ChargeChange change) => change switch
    {
        ChargeChange.Cancel => state is ProviderState.Pending or ProviderState.Authorize or ProviderState.Challenge or ProviderState.Capture,
        ChargeChange.Expire => state == ProviderState.Pending,
        ChargeChange.Capture => state == ProviderState.Authorize,
        ChargeChange.Approve or ChargeChange.Deny => state == ProviderState.Challenge,
        _ => false,
    };

    private async Task AskAsync(TenantId tenant, Payment payment, ChargeChange change, string actor, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.ChangeAsync(account, payment, change, cancellationToken);
        if (outcome is ProviderOutcome.Declined { IsTooLate: true })
            outcome = await provider.FindAsync(account, payment, cancellationToken);
        switch (outcome)
        {
            case ProviderOutcome.Accepted { Report: var report }:
                await move.ApplyAsync(tenant, payment.Id, report, actor, time.GetUtcNow(), cancellationToken);
                break;
            case ProviderOutcome.Declined declined:
                throw ProblemException.Unprocessable("CHANGE_REFUSED", $"The payment provider refused this: {declined.Message}");
            case ProviderOutcome.Unknown { Arrived: false } unreached:
                throw ProblemException.Unavailable(
                    "PROVIDER_UNAVAILABLE", "The payment provider cannot be reached. Try again shortly.", unreached.RetryAfter ?? TimeSpan.FromSeconds(10));
        }
    }

    private async Task<Payment> KeepWishAsync(
        TenantId tenant, Payment payment, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var wish = await payments.RequestCancellationAsync(transaction, payment.InvoiceId, null, null, now, cancellationToken);
        if (wish is null || wish.Id != payment.Id)
            throw ProblemException.Conflict("PAYMENT_JUST_ENDED", "The payment ended at this moment. Read it again.");
        await payments.AddEventAsync(transaction, PaymentEvent.Noted(wish, "cancel_asked", "to be withdrawn", actor), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return wish;
    }

    private async Task NoteAsync(
        TenantId tenant, Payment payment, ChargeChange change, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var word = change.ToString().ToLowerInvariant();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await payments.AddEventAsync(transaction, PaymentEvent.Noted(payment, $"{word}_asked", $"{word} was asked for", actor), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static ProblemException Impossible(Payment payment, ChargeChange change) => ProblemException.Conflict(
        "CHANGE_NOT_POSSIBLE",
        change switch
        {
            ChargeChange.Cancel when payment.Status == PaymentStatus.Success => "This payment is settled: refund it instead.",
            ChargeChange.Capture => "Only a card payment that holds its money can be captured.",
            ChargeChange.Approve or ChargeChange.Deny => "Only a payment in fraud review can be approved or denied.",
            _ => $"This payment is {payment.Status.ToString().ToLowerInvariant()} already.",
        });
}
