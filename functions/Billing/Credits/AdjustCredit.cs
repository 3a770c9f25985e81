using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Credits;

public sealed record AdjustCreditRequest
{
    [Required]
    public Guid? UserId { get; init; }

    /// <summary>Before tax; negative takes away.</summary>
    [Required]
    public Money? Amount { get; init; }

    [Required, StringLength(200, MinimumLength = 1)]
    public string Reason { get; init; } = "";
}

/// <summary>Changes a balance by hand. It never falls below zero.</summary>
public sealed class AdjustCredit(Database database, CreditStore credits, HistoryStore history, BillingTime time)
{
    public async Task<CreditBalanceView> RunAsync(TenantId tenant, AdjustCreditRequest request, string actor, CancellationToken cancellationToken)
    {
        var (user, amount, now) = (request.UserId!.Value, request.Amount!.Value, time.GetUtcNow());
        if (amount.IsZero)
            throw ProblemException.Invalid("amount", "AMOUNT_ZERO", "An adjustment adds something or takes something away.");

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var source = new CreditSource(Actor: actor);
        var nothing = Money.Zero(amount.Currency);
        if (amount > nothing)
            await credits.PutAsync(transaction, user, amount, request.Reason, source, now, cancellationToken);
        else if (await credits.TakeAsync(transaction, user, -amount, request.Reason, source, now, cancellationToken) != -amount)
            throw ProblemException.Conflict("CREDIT_TOO_LOW", $"The user has less than {-amount}; a balance never falls below zero.");
        await history.AddAsync(transaction, user, "credit_adjusted", new { amount, request.Reason, actor }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreditBalanceView(user, await credits.FindBalanceAsync(tenant, user, amount.Currency, cancellationToken), now);
    }
}
