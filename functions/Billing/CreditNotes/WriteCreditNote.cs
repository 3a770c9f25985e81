using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>Numbers a credit note, takes it off its invoice and tells of it, in the transaction that moves its money.</summary>
public sealed class WriteCreditNote(
    CreditNoteStore notes, SellerStore sellers, BalanceStore balances, CreditStore credits, ChargeCreditStore charges, GiveBack giveBack,
    ReturnCoupons coupons, HistoryStore history)
{
    /// <summary>What is left of an invoice, whose lock the caller holds.</summary>
    public async Task<CreditableInvoice> MeasureAsync(TenantTransaction transaction, Invoice invoice, CancellationToken cancellationToken)
    {
        var (net, tax) = await notes.SumAsync(transaction, invoice.Id, cancellationToken);
        var lines = await notes.ListCreditableAsync(transaction, invoice.Id, cancellationToken);
        var books = await charges.FindOfInvoiceAsync(transaction, invoice.Id, cancellationToken);
        return new CreditableInvoice(
            invoice.Total.Currency, invoice.Amount, invoice.TaxAmount, net, tax, lines, books.GivenOfItsOwn, books.Credit);
    }

    /// <summary>What of its payer's credit is in an invoice, as far as he does not have it again.</summary>
    public async Task<Money> FindCreditAsync(TenantTransaction transaction, Invoice invoice, CancellationToken cancellationToken)
    {
        var spent = invoice.Money(Math.Max(0, -await credits.SumAsync(transaction, invoice.UserId, invoice.Id, cancellationToken)));
        var left = await giveBack.FindLeftAsync(transaction, invoice, cancellationToken);
        return spent < left ? spent : left;
    }

    /// <param name="isPaidByIt">Credit of its payer is what it takes off: an invoice of which nothing is due any more is paid, by that too.</param>
    public async Task<CreditNote> RunAsync(
        TenantTransaction transaction, Invoice before, CreditNoteDraft draft, CreditNoteEffect effect, string reason, string actor,
        DateTimeOffset now, CancellationToken cancellationToken, RequestKey? key = null, bool isPaidByIt = false)
    {
        var after = await balances.CreditAsync(transaction, before.Id, draft.Total.Amount, effect.Over.Amount, isPaidByIt, now, cancellationToken)
            ?? throw new InvalidOperationException($"Invoice {before.Id} cannot be credited with {draft.Total}.");
        // The balance before the counter, as a refund that is told takes them: two in opposite order would wait for each other.
        await credits.LockAsync(transaction, before.UserId, before.Total.Currency, cancellationToken);
        var seller = await sellers.KeepAsync(transaction, now, cancellationToken);
        var month = InvoiceNumber.MonthOf(now);
        var number = CreditNoteNumber.Format(month, await notes.TakeNumberAsync(transaction, month, cancellationToken));
        var note = new CreditNote(
            Guid.CreateVersion7(now), number, before.Id, before.UserId, before.Currency, reason, draft.Net.Amount, before.TaxRate,
            draft.Tax.Amount, draft.Total.Amount, effect.Reduced.Amount, effect.Credited.Amount, effect.Refunded.Amount, actor, now, seller);
        await notes.InsertAsync(transaction, note, draft.Lines, key, cancellationToken);
        // Nothing is left of the invoice: what credit it had taken belongs to its payer again.
        if (after.AmountCredited == after.TotalAmount && !isPaidByIt)
            await credits.GiveBackAsync(transaction, before.UserId, before.Total.Currency, before.Id, now, cancellationToken);
        if (after.Status == InvoiceStatus.Cancelled)
            await coupons.RunAsync(transaction, after, now, cancellationToken);
        await giveBack.TakeDoubledAsync(transaction, after, new CreditSource(CreditNote: note.Id), now, cancellationToken);
        await TellAsync(transaction, note, before, after, now, cancellationToken);
        return note;
    }

    /// <summary>A note on an invoice that credit had paid whole: that credit, or its part, is its payer's again, and no money moves.</summary>
    /// <param name="against">Lines that take as much off again: the note's total is nothing.</param>
    public async Task<CreditNote> ReturnAsync(
        TenantTransaction transaction, Invoice invoice, CreditNoteDraft draft, IReadOnlyList<CreditedLine> against, string reason, string actor,
        DateTimeOffset now, CancellationToken cancellationToken, RequestKey? key)
    {
        await credits.LockAsync(transaction, invoice.UserId, invoice.Total.Currency, cancellationToken);
        var seller = await sellers.KeepAsync(transaction, now, cancellationToken);
        var month = InvoiceNumber.MonthOf(now);
        var number = CreditNoteNumber.Format(month, await notes.TakeNumberAsync(transaction, month, cancellationToken));
        var note = new CreditNote(
            Guid.CreateVersion7(now), number, invoice.Id, invoice.UserId, invoice.Currency, reason, Amount: 0, invoice.TaxRate, TaxAmount: 0,
            TotalAmount: 0, Reduced: 0, Credited: 0, Refunded: 0, actor, now, seller);
        await notes.InsertAsync(transaction, note, [.. draft.Lines, .. against], key, cancellationToken);
        await credits.PutAsync(
            transaction, invoice.UserId, draft.Net, $"credited by {number}", new CreditSource(Invoice: invoice.Id, CreditNote: note.Id), now,
            cancellationToken);
        await TellAsync(transaction, note, draft.Net, invoice, now, cancellationToken);
        return note;
    }

    private async Task TellAsync(
        TenantTransaction transaction, CreditNote note, Invoice before, Invoice after, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await TellAsync(transaction, note, note.Money(note.TotalAmount), before, now, cancellationToken);
        if (after.Status == before.Status)
            return;

        var isPaid = after.Status == InvoiceStatus.Paid;
        await history.AddAsync(
            transaction, note.UserId, isPaid ? "invoice_paid" : "invoice_cancelled",
            new { invoiceId = before.Id, before.InvoiceNumber, creditNoteId = note.Id }, now, cancellationToken);
        await transaction.PublishAsync(
            isPaid
                ? after.PaidBy(Guid.Empty, now)
                : new InvoiceCancelled(
                    before.Id, before.InvoiceNumber, before.UserId, before.SubscriptionId, $"credited by {note.CreditNoteNumber}", before.ChargeId,
                    before.Reopenings),
            now, cancellationToken);
    }

    private async Task TellAsync(
        TenantTransaction transaction, CreditNote note, Money worth, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await history.AddAsync(
            transaction, note.UserId, "credit_note_issued",
            new
            {
                note.InvoiceId,
                creditNoteId = note.Id,
                number = note.CreditNoteNumber,
                total = worth,
                note.Reason,
                note.Actor,
            },
            now, cancellationToken);
        await transaction.PublishAsync(
            new CreditNoteIssued(
                note.Id, note.CreditNoteNumber, invoice.Id, invoice.InvoiceNumber, note.UserId, invoice.SubscriptionId, worth,
                note.TotalAmount == 0 ? worth : note.Money(note.Credited), note.Money(note.Refunded), note.Reason),
            now, cancellationToken);
    }
}
