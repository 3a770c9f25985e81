using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

public sealed record HandleSurplusRequest
{
    /// <summary>What was done about it, such as the number of the transfer.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public string Reason { get; init; } = "";
}

/// <summary>Marks a surplus as handled: its money went back by hand, because the provider cannot send it, or the payer agreed on something else.</summary>
public sealed class HandleSurplus(Database database, PaymentStore payments, TimeProvider time)
{
    public async Task<Payment> RunAsync(TenantId tenant, Guid id, HandleSurplusRequest request, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await payments.HandleSurplusAsync(transaction, id, now, cancellationToken) is not { } handled)
            throw await WhyNotAsync(transaction, id, cancellationToken);
        await payments.AddEventAsync(
            transaction, PaymentEvent.Noted(handled, "surplus_handled", request.Reason, actor), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return handled;
    }

    private async Task<ProblemException> WhyNotAsync(TenantConnection connection, Guid id, CancellationToken cancellationToken) =>
        await payments.FindAsync(connection, id, cancellationToken) switch
        {
            null => ProblemException.NotFound("PAYMENT_NOT_FOUND", "There is no such payment."),
            { SurplusHandledAt: not null } => ProblemException.Conflict("SURPLUS_HANDLED", "This surplus is marked as handled already."),
            { IsSurplus: true, RefundingAmount: > 0 } =>
                ProblemException.Conflict("REFUND_UNDER_WAY", "A refund of this surplus is under way. Wait for what comes of it."),
            { IsSurplus: true } => ProblemException.Conflict("SURPLUS_REFUNDED", "This surplus has gone back already."),
            _ => ProblemException.Conflict("NO_SURPLUS", "This payment is no surplus: it pays its invoice, or was not paid."),
        };
}
