using System.ComponentModel.DataAnnotations;
using Npgsql;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.CreditNotes;

public sealed record CreditNoteRequest
{
    [Required, StringLength(200, MinimumLength = 1)]
    public string Reason { get; init; } = "";

    /// <summary>credit: what had been paid becomes the payer's credit. refund: it goes back by the way it came, as far as it is not used up.</summary>
    [RegularExpression("^(credit|refund)\\z", ErrorMessage = "settlement is credit or refund.")]
    public string Settlement { get; init; } = "credit";

    /// <summary>What of which line; all that is left of the invoice when not given.</summary>
    [MaxLength(100)]
    public CreditNoteRequestLine[]? Lines { get; init; }
}

/// <summary>Stated as the line is: before tax, or with it where prices include it.</summary>
public sealed record CreditNoteRequestLine(Guid LineId, Money Amount);

/// <summary>Takes back a part of an invoice or all of it. Of what is not due any more the money goes where it is asked to.</summary>
public sealed class IssueCreditNote(
    Database database, InvoiceStore invoices, CreditNoteStore notes, ReceivedPaymentStore payments, PlaceMoney place, RefundStore refunds,
    WriteCreditNote write, BillingTime time)
{
    /// <summary>The same key is the same note, whatever became of its first answer.</summary>
    public async Task<CreditNote> RunAsync(
        TenantId tenant, Guid id, CreditNoteRequest request, RequestKey? key, string actor, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(tenant, id, request, key, actor, cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("credit_notes_one_per_request"))
        {
            // Of the same invoice the lock would have found it: this is a note of another one, made at the same time.
            throw RequestKey.Reused();
        }
    }

    private async Task<CreditNote> WriteAsync(
        TenantId tenant, Guid id, CreditNoteRequest request, RequestKey? key, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var invoice = await invoices.LockAsync(transaction, id, cancellationToken)
            ?? throw ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
        if (key is not null && await notes.FindAsync(transaction, key, cancellationToken) is { } known)
            return known;
        if (invoice.IsDraft)
            throw ProblemException.Conflict("INVOICE_IS_DRAFT", "Nobody owes a draft, so nothing of it can be credited. Change or discard it instead.");
        if (invoice.Status == InvoiceStatus.Cancelled)
            throw ProblemException.Conflict("INVOICE_CANCELLED", $"Invoice {invoice.InvoiceNumber} is cancelled; there is nothing to credit.");
        if (invoice.IsSuperseded)
            throw ProblemException.Conflict(
                "INVOICE_SUPERSEDED", $"Invoice {invoice.InvoiceNumber} was taken back; what was paid of it is its payer's credit already.");

        var left = await write.MeasureAsync(transaction, invoice, cancellationToken);
        if (await DraftOfCreditAsync(transaction, invoice, request, left, cancellationToken) is (var ofCredit, var against))
        {
            var returned = await write.ReturnAsync(transaction, invoice, ofCredit, against, request.Reason, actor, now, cancellationToken, key);
            await transaction.CommitAsync(cancellationToken);
            return returned;
        }

        var draft = Draft(request, left);
        var effect = CreditNoteEffect.Of(
            draft.Total, invoice.Due, invoice.Money(invoice.AmountPaid), CreditNoteEffect.Consumed(invoice, now), request.Settlement == "refund");
        var note = await write.RunAsync(transaction, invoice, draft, effect, request.Reason, actor, now, cancellationToken, key);
        await MoveAsync(transaction, invoice, note, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return note;
    }

    // Of what credit has paid and no money, with the lines that say so; null where there is no such thing.
    private async Task<(CreditNoteDraft Draft, IReadOnlyList<CreditedLine> Against)?> DraftOfCreditAsync(
        TenantTransaction transaction, Invoice invoice, CreditNoteRequest request, CreditableInvoice left, CancellationToken cancellationToken)
    {
        if (invoice.IsPaidByCredit)
        {
            var (paid, credit) = left.WithoutCredit(invoice.Subtotal - invoice.Discount);
            var whole = Draft(request, paid);
            return (whole, [new CreditedLine(credit.Id, credit.Description, -whole.Net.Amount)]);
        }

        if (!invoice.IsPaidByNotes || await write.FindCreditAsync(transaction, invoice, cancellationToken) is not { IsZero: false } spent)
            return null;
        var draft = Draft(request, left.OfCredit(spent.Amount));
        return (draft, [.. draft.Lines.Select(line => line with { Description = "Credit", Amount = -line.Amount })]);
    }

    private static CreditNoteDraft Draft(CreditNoteRequest request, CreditableInvoice left) =>
        request.Lines is { } lines ? left.Of([.. lines.Select(line => (line.LineId, line.Amount))]) : left.Whole();

    // The newest payments go back first: their banks are the likeliest to take them back.
    private async Task MoveAsync(
        TenantTransaction transaction, Invoice invoice, CreditNote note, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (toRefund, toCredit) = (note.Refunded, note.Credited);
        if (toRefund + toCredit == 0)
            return;

        var reason = $"credited by {note.CreditNoteNumber}";
        foreach (var payment in await payments.ListForUpdateAsync(transaction, invoice.Id, cancellationToken))
        {
            var back = Math.Min(payment.Applied, toRefund);
            var kept = Math.Min(payment.Applied - back, toCredit);
            if (back + kept == 0)
                continue;

            var moved = payment with { Applied = payment.Applied - back - kept, Returned = payment.Returned + back };
            if (back > 0)
                await refunds.InsertAsync(transaction, RefundOf(note, payment, back, now), now, cancellationToken);
            if (kept > 0)
                moved = await place.ToCreditAsync(transaction, moved, kept, invoice.TaxOnTop, reason, now, cancellationToken);
            await payments.SaveAsync(transaction, moved, now, cancellationToken);
            (toRefund, toCredit) = (toRefund - back, toCredit - kept);
        }

        if (toRefund + toCredit != 0)
            throw new InvalidOperationException($"The payments of invoice {invoice.Id} are not what it says to be paid.");
    }

    private static CreditNoteRefund RefundOf(CreditNote note, ReceivedPayment payment, decimal amount, DateTimeOffset now) => new(
        Guid.CreateVersion7(now), note.Id, note.InvoiceId, payment.PaymentId, note.UserId, amount, note.Currency, note.Reason, "pending", null);
}
