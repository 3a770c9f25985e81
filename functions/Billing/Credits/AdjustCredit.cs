using System.ComponentModel.DataAnnotations;
using Npgsql;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
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
    /// <summary>The same key is the same adjustment, whatever became of its first answer.</summary>
    public async Task<CreditBalanceView> RunAsync(
        TenantId tenant, AdjustCreditRequest request, RequestKey? key, string actor, CancellationToken cancellationToken)
    {
        var (user, amount, now) = (request.UserId!.Value, request.Amount!.Value, time.GetUtcNow());
        if (amount.IsZero)
            throw ProblemException.Invalid("amount", "AMOUNT_ZERO", "An adjustment adds something or takes something away.");

        var source = new CreditSource(Actor: actor, Key: key);
        try
        {
            return new CreditBalanceView(user, await ChangeAsync(tenant, user, amount, request.Reason, source, now, cancellationToken), now);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("credit_entries_one_per_request"))
        {
            // Somebody sent it twice at once. The other one is there now: this one finds it, or that it was for something else.
            return new CreditBalanceView(user, await ChangeAsync(tenant, user, amount, request.Reason, source, now, cancellationToken), now);
        }
    }

    // What the balance is then, read by the one connection that this holds: many who each wait for a second one would wait for ever.
    private async Task<Money> ChangeAsync(
        TenantId tenant, Guid user, Money amount, string reason, CreditSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (source.Key is { } key && await credits.IsDoneAsync(transaction, key, cancellationToken))
            return await credits.FindBalanceAsync(transaction, user, amount.Currency, cancellationToken);
        if (amount > Money.Zero(amount.Currency))
            await AddAsync(transaction, user, amount, reason, source, now, cancellationToken);
        else if (await credits.TakeAsync(transaction, user, -amount, reason, source, now, cancellationToken) != -amount)
            throw ProblemException.Conflict("CREDIT_TOO_LOW", $"The user has less than {-amount}; a balance never falls below zero.");
        await history.AddAsync(transaction, user, "credit_adjusted", new { amount, reason, actor = source.Actor }, now, cancellationToken);
        var balance = await credits.FindBalanceAsync(transaction, user, amount.Currency, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return balance;
    }

    private async Task AddAsync(
        TenantTransaction transaction, Guid user, Money amount, string reason, CreditSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (await credits.PutAsync(transaction, user, amount, reason, source, now, cancellationToken) > Money.Largest)
                throw TooMuch();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.NumericValueOutOfRange)
        {
            throw TooMuch();
        }

        static ProblemException TooMuch() => ProblemException.Conflict(
            "CREDIT_TOO_HIGH", $"With this the user would have more than {Money.Largest}, the most a balance can hold.");
    }
}
