using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.Credits;

/// <summary>What changes a balance. An invoice spends and gives back; a payment, a credit note or a person add and take.</summary>
public sealed record CreditSource(
    Guid? Invoice = null, Guid? Payment = null, Guid? CreditNote = null, string? Actor = null, RequestKey? Key = null);

/// <summary>A row of <c>credit_balances</c>.</summary>
public sealed record CreditBalance(Guid UserId, string Currency, decimal Balance, DateTimeOffset UpdatedAt);

/// <summary>A row of <c>credit_entries</c>; a user's entries add up to his balance.</summary>
public sealed record CreditEntry(
    Guid Id, Guid UserId, string Currency, decimal Amount, string Reason, Guid? ChargeId, Guid? InvoiceId, Guid? PaymentId, Guid? CreditNoteId,
    string? Actor, DateTimeOffset CreatedAt);

/// <param name="Balance">Before tax: the next invoice is lowered by it and taxed on the rest.</param>
public sealed record CreditBalanceView(Guid UserId, Money Balance, DateTimeOffset UpdatedAt)
{
    public static CreditBalanceView Of(CreditBalance row) => new(row.UserId, new Money(row.Balance, Currency.Parse(row.Currency)), row.UpdatedAt);
}

public sealed record CreditBalanceList(IReadOnlyList<CreditBalanceView> Items);

/// <param name="Amount">Negative for what was spent or taken.</param>
public sealed record CreditEntryView(
    Guid Id, Money Amount, string Reason, Guid? ChargeId, Guid? InvoiceId, Guid? PaymentId, Guid? CreditNoteId, string? Actor, DateTimeOffset At)
{
    public static CreditEntryView Of(CreditEntry row) => new(
        row.Id, new Money(row.Amount, Currency.Parse(row.Currency)), row.Reason, row.ChargeId, row.InvoiceId, row.PaymentId, row.CreditNoteId,
        row.Actor, row.CreatedAt);
}
