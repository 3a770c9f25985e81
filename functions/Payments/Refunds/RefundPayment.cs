using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Npgsql;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Refunds;

public sealed record RefundRequest
{
    /// <summary>In rupiah, or in the invoice's money by the payment's own ratio; all that is left when not given.</summary>
    public Money? Amount { get; init; }

    [Required, StringLength(200, MinimumLength = 1)]
    public string Reason { get; init; } = "";

    /// <summary>
    /// The same key is the same refund, however often it is asked for. Without it the Idempotency-Key and the content are, or else one of ours.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}\\z", ErrorMessage = "refundKey is 1 to 64 letters, digits, '-' or '_'.")]
    public string? RefundKey { get; init; }
}

/// <summary>Sends a payment's money back, in part or in full. The refund and its money set aside are committed before the provider is asked.</summary>
public sealed class RefundPayment(
    Database database, PaymentStore payments, RefundStore refunds, PlaceCharge place, CommittedWork committed, CompleteRefund complete,
    TimeProvider time)
{
    // What got an answer needs no lookup; what got none is asked about after this.
    private static readonly TimeSpan FirstLookup = TimeSpan.FromMinutes(2);

    public async Task<(Refund Refund, Payment Payment)> RunAsync(
        TenantId tenant, Guid id, RefundRequest request, string actor, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(tenant, id, cancellationToken)
            ?? throw ProblemException.NotFound("PAYMENT_NOT_FOUND", "There is no such payment.");
        // The bank may have settled it by now, and nobody looks up what is paid when the news of that was lost.
        if (payment.ProviderState == ProviderState.Capture)
        {
            await place.LookUpAsync(tenant, payment, "refund", cancellationToken);
            payment = await payments.FindAsync(tenant, id, cancellationToken) ?? payment;
        }

        var (refund, isNew) = await OpenAsync(tenant, payment, request, actor, cancellationToken);
        if (refund.Status == RefundStatus.Pending)
        {
            refund = await committed.RunAsync(
                token => complete.RunAsync(tenant, payment, refund, isRepeated: !isNew, token), CommittedWork.Patience, cancellationToken) ?? refund;
        }

        if (refund.Status == RefundStatus.Failed)
            throw ProblemException.Unprocessable("REFUND_REFUSED", $"The payment provider refused the refund: {refund.StatusReason}");
        return (refund, await payments.FindAsync(tenant, id, cancellationToken) ?? payment);
    }

    private async Task<(Refund Refund, bool IsNew)> OpenAsync(
        TenantId tenant, Payment payment, RefundRequest request, string actor, CancellationToken cancellationToken)
    {
        var key = request.RefundKey ?? $"R-{RandomNumberGenerator.GetHexString(24)}";
        if (request.RefundKey is not null && await FindSameAsync(tenant, payment, request, key, cancellationToken) is { } same)
            return (same, false);

        var now = time.GetUtcNow();
        var way = RefundRules.Check(payment, now);
        var amount = RefundRules.InChargedMoney(payment, request.Amount);

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var wanted = new Refund
        {
            Id = Guid.CreateVersion7(now),
            PaymentId = payment.Id,
            RefundKey = key,
            Reason = request.Reason,
            Direct = way == RefundWay.Direct,
            RequestedBy = actor,
            CreatedAt = now,
        };
        try
        {
            var opened = await refunds.ReserveAsync(transaction, wanted, amount, now + FirstLookup, cancellationToken)
                ?? throw RefundRules.ExceedsPayment();
            var after = await payments.FindAsync(transaction, payment.Id, cancellationToken) ?? payment;
            var detail = $"{new Money(opened.Amount, payment.Currency)}: {opened.Reason} ({opened.RefundKey})";
            await payments.AddEventAsync(
                transaction, PaymentEvent.Held(after, opened.Amount, "refund_asked", detail, actor), now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (opened, true);
        }
        catch (PostgresException taken) when (taken.IsDuplicateOf(RefundStore.OneKey))
        {
            // Who looks for it with a connection of his own holds no other.
            await transaction.DisposeAsync();
            var taker = await FindSameAsync(tenant, payment, request, key, cancellationToken)
                ?? throw new InvalidOperationException($"Refund {key} of payment {payment.Id} is taken and not there.");
            return (taker, false);
        }
    }

    private async Task<Refund?> FindSameAsync(
        TenantId tenant, Payment payment, RefundRequest request, string key, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        var known = await refunds.FindByKeyAsync(connection, payment.Id, key, cancellationToken);
        return known is null || request.Amount is not { } asked || asked == new Money(known.Amount, payment.Currency) || asked == payment.InInvoiceMoney(known.Amount)
            ? known
            : throw ProblemException.Conflict("REFUND_KEY_REUSED", "This refundKey was used for another amount. Take a new key for another refund.");
    }
}
