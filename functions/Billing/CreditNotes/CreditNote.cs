using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>Takes back a part of an invoice, or all of it; a row of <c>credit_notes</c>.</summary>
public sealed record CreditNote(
    Guid Id, string CreditNoteNumber, Guid InvoiceId, Guid UserId, string Currency, string Reason, decimal Amount, decimal TaxRate, decimal TaxAmount,
    decimal TotalAmount, decimal Reduced, decimal Credited, decimal Refunded, string Actor, DateTimeOffset CreatedAt,
    Guid? SellerId = null)
{
    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>A row of <c>credit_note_lines</c>.</summary>
public sealed record CreditNoteLine(Guid InvoiceLineId, string Description, decimal Amount);

/// <summary>What a credit note sends back of one payment; a row of <c>credit_note_refunds</c>.</summary>
public sealed record CreditNoteRefund(
    Guid Id, Guid CreditNoteId, Guid InvoiceId, Guid PaymentId, Guid UserId, decimal Amount, string Currency, string Reason, string Status,
    string? StatusReason)
{
    public Money Money => new(Amount, Shared.Finance.Currency.Parse(Currency));
}

public sealed record CreditNoteLineView(Guid InvoiceLineId, string Description, Money Amount);

/// <param name="Status">pending until Payments has answered, then sent, or refused: what had not gone back otherwise became credit.</param>
public sealed record CreditNoteRefundView(Guid PaymentId, Money Amount, string Status, string? Reason);

/// <param name="Reduced">What it took off the invoice's open amount.</param>
/// <param name="Credited">What had been paid of it and went to the credit balance, as it had come: with tax.</param>
/// <param name="Refunded">What had been paid of it and goes back by the way it came.</param>
public sealed record CreditNoteView(
    Guid Id, string Number, Guid InvoiceId, Guid UserId, string Reason, Money Net, decimal TaxRate, Money Tax, Money Total, Money Reduced,
    Money Credited, Money Refunded, string Actor, DateTimeOffset CreatedAt, IReadOnlyList<CreditNoteLineView>? Lines,
    IReadOnlyList<CreditNoteRefundView>? Refunds)
{
    public static CreditNoteView Of(
        CreditNote note, IReadOnlyList<CreditNoteLine>? lines = null, IReadOnlyList<CreditNoteRefund>? refunds = null) => new(
        note.Id, note.CreditNoteNumber, note.InvoiceId, note.UserId, note.Reason, note.Money(note.Amount), note.TaxRate, note.Money(note.TaxAmount),
        note.Money(note.TotalAmount), note.Money(note.Reduced), note.Money(note.Credited), note.Money(note.Refunded), note.Actor, note.CreatedAt,
        lines?.Select(line => new CreditNoteLineView(line.InvoiceLineId, line.Description, note.Money(line.Amount))).ToList(),
        refunds?.Select(refund => new CreditNoteRefundView(refund.PaymentId, refund.Money, refund.Status, refund.StatusReason)).ToList());
}
