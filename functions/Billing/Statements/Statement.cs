using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Statements;

/// <summary>Something that changed what a user owes; a payment is negative.</summary>
public sealed record Movement(DateTimeOffset At, string Kind, string? Number, Guid? InvoiceId, decimal Amount);

/// <param name="Kind">invoice, payment, cancellation; in the credit balance its reason.</param>
/// <param name="Balance">What is owed, or what credit there is, after it.</param>
public sealed record StatementEntry(DateTimeOffset At, string Kind, string? Number, Guid? InvoiceId, Money Amount, Money Balance);

/// <summary>A balance at the beginning, what changed it and the balance at the end.</summary>
public sealed record Account(Money Opening, IReadOnlyList<StatementEntry> Entries, Money Closing)
{
    public static Account Of(Currency currency, decimal opening, IReadOnlyList<Movement> movements)
    {
        var balance = new Money(opening, currency);
        var entries = new List<StatementEntry>(movements.Count);
        foreach (var movement in movements)
        {
            var amount = new Money(movement.Amount, currency);
            balance += amount;
            entries.Add(new StatementEntry(movement.At, movement.Kind, movement.Number, movement.InvoiceId, amount, balance));
        }

        return new Account(new Money(opening, currency), entries, balance);
    }
}

/// <summary>What a user owed and paid in a period, and beside it the credit he holds, which counts before tax.</summary>
public sealed record Statement(Guid UserId, DateOnly From, DateOnly To, Account Owed, Account Credit);
