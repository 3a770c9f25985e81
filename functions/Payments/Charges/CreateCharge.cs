using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

public sealed record ChargeRequest
{
    [Required]
    public Guid? InvoiceId { get; init; }

    [Required]
    public Guid? UserId { get; init; }

    public Guid? SubscriptionId { get; init; }

    [Required]
    public Money? Amount { get; init; }

    [Required, StringLength(30)]
    public string Method { get; init; } = "";

    [StringLength(20)]
    public string? Bank { get; init; }

    [Required, StringLength(200, MinimumLength = 1)]
    public string Description { get; init; } = "";

    public ChargeCustomer? Customer { get; init; }
}

/// <summary>Shown to the payer by the provider; not kept here.</summary>
public sealed record ChargeCustomer
{
    [StringLength(100)]
    public string? FirstName { get; init; }

    [EmailAddress, StringLength(254)]
    public string? Email { get; init; }
}

/// <summary>
/// Asks for an invoice's money. The pending payment is committed before the provider is called, so nothing that happens after can lose it;
/// a repeated request for the same invoice gets the same payment.
/// </summary>
public sealed class CreateCharge(Database database, PaymentStore payments, PlaceCharge place, TimeProvider time)
{
    // A charge that got an answer needs no lookup before its payer had a chance; one that got none is asked about after this.
    public static readonly TimeSpan FirstLookup = TimeSpan.FromMinutes(2);

    private const string RepeatedRequest = "repeated request";

    public async Task<Payment> RunAsync(TenantId tenant, ChargeRequest request, CancellationToken cancellationToken)
    {
        var amount = request.Amount!.Value;
        PaymentMethods.Check(request.Method, request.Bank, amount);

        var now = time.GetUtcNow();
        var (payment, isNew) = await OpenAsync(tenant, request, amount, now, cancellationToken);
        var customer = request.Customer is { } person ? new CustomerDetails(person.FirstName, person.Email) : null;
        if (payment.IsOverdue(now))
        {
            // It expired and its notification was lost. Once that is known, the invoice's place is free for a new one.
            await place.FinishAsync(tenant, payment, customer, RepeatedRequest, now, cancellationToken);
            (payment, isNew) = await OpenAsync(tenant, request, amount, now, cancellationToken);
        }

        if (payment.IsPlaced)
            return payment;

        var outcome = isNew
            ? await place.ChargeAsync(tenant, payment, customer, now, cancellationToken)
            : await place.FinishAsync(tenant, payment, customer, RepeatedRequest, now, cancellationToken);
        var current = await payments.FindAsync(tenant, payment.Id, cancellationToken) ?? payment;
        if (current.Status == PaymentStatus.Failed)
            throw Declined(outcome);
        if (outcome is MidtransOutcome.Unknown { Arrived: false } unreached)
            throw Unreachable(unreached.RetryAfter);
        return current;
    }

    private async Task<(Payment Payment, bool IsNew)> OpenAsync(
        TenantId tenant, ChargeRequest request, Money amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The order id is all that outsiders ever see of it, so it tells nothing.
        var orderId = $"SB-{RandomNumberGenerator.GetHexString(32)}";
        var opened = new Payment(
            Guid.CreateVersion7(now), request.InvoiceId!.Value, request.UserId!.Value, request.SubscriptionId, orderId,
            ExternalTransactionId: null, amount.Amount, amount.Currency, request.Method, request.Bank, request.Description,
            PaymentStatus.Pending, MidtransState.Pending, RefundedAmount: 0, Instructions: null, now, ExpiresAt: null,
            CancelRequestedAt: null, MessageActivity.CurrentTraceParent);

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var isNew = await payments.InsertAsync(transaction, opened, now + FirstLookup, cancellationToken);
        // Read after the insert, which waits for a settlement that is being written at this moment.
        var live = await payments.ListLiveOfInvoiceAsync(transaction, opened.InvoiceId, cancellationToken);
        var payment = PaymentOfInvoice.Choose(live, amount);
        if (isNew)
            await payments.AddEventAsync(transaction, payment.Id, "opened", null, PaymentStatus.Pending, orderId, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (payment, isNew);
    }

    private static ProblemException Unreachable(TimeSpan? retryAfter) => ProblemException.Unavailable(
        "PROVIDER_UNAVAILABLE", "The payment provider cannot be reached. Try again shortly; nothing will be charged twice.",
        retryAfter ?? TimeSpan.FromSeconds(10));

    private static ProblemException Declined(MidtransOutcome outcome) => ProblemException.Unprocessable(
        "PAYMENT_DECLINED",
        outcome is MidtransOutcome.Declined { IsConfiguration: false } declined
            ? $"The payment provider refused this payment: {declined.Message}"
            : "The payment provider refused this payment. Choose another way to pay.");
}
