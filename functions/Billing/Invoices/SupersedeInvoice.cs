using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>
/// Takes an invoice back that should not have been made, without telling Subscriptions, which never asked for it: an open one is cancelled,
/// what was paid becomes credit.
/// </summary>
public sealed class SupersedeInvoice(
    RenewalStore renewals, InvoiceStore invoices, CreditNoteStore notes, CancelInvoice cancel, CreditStore credits, ReturnCoupons coupons,
    HistoryStore history, BillingTime time)
{
    public const string Reason = "the subscription changed before its period began";

    /// <summary>The invoice as it was until now.</summary>
    public async Task<Invoice> RunAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = await invoices.LockAsync(transaction, id, cancellationToken)
            ?? throw new InvalidOperationException($"Invoice {id} is gone.");
        if (await cancel.TryAsync(transaction, id, Reason, cancellationToken, tellsSubscription: false) is null
            && await invoices.FindAsync(transaction, id, cancellationToken) is { Status: InvoiceStatus.Paid } paid)
            await GiveBackAsync(transaction, paid, now, cancellationToken);
        await renewals.SupersedeAsync(transaction, id, now, cancellationToken);
        return before;
    }

    /// <summary>What had paid a superseded invoice was taken back: the credit for it goes too, as far as it is there, and nobody owes the invoice.</summary>
    public async Task<Invoice> EndAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var given = invoice.Money(Math.Max(0, await credits.SumAsync(transaction, invoice.UserId, invoice.Id, cancellationToken)));
        var taken = given.IsZero
            ? given
            : await credits.TakeAsync(
                transaction, invoice.UserId, given, $"invoice {invoice.InvoiceNumber} was not paid after all", new CreditSource(Invoice: invoice.Id), now,
                cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "credit_taken_back",
            new { invoiceId = invoice.Id, invoice.InvoiceNumber, amount = taken, spent = given - taken }, now, cancellationToken);
        return await cancel.TryAsync(transaction, invoice.Id, Reason, cancellationToken, tellsSubscription: false)
            ?? throw new InvalidOperationException($"Invoice {invoice.Id} is not open.");
    }

    // Before tax, like all credit: whatever it pays later is taxed that much less. The credit that it had taken, if no note has given it back,
    // and what notes have left of the rest.
    private async Task GiveBackAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spent = await credits.GiveBackAsync(transaction, invoice.UserId, invoice.Total.Currency, invoice.Id, now, cancellationToken);
        var (net, tax) = await notes.SumAsync(transaction, invoice.Id, cancellationToken);
        var left = invoice.Money(invoice.TaxMode == TaxMode.Exclusive ? invoice.Amount - net : invoice.TotalAmount - net - tax);
        await coupons.RunAsync(transaction, invoice, now, cancellationToken);
        if (!left.IsZero)
            await credits.AddAsync(transaction, invoice.UserId, left, Reason, charge: null, invoice.Id, now, cancellationToken);
        var amount = spent + left;
        if (amount.IsZero)
            return;
        await history.AddAsync(
            transaction, invoice.UserId, "invoice_credited", new { invoiceId = invoice.Id, number = invoice.InvoiceNumber, amount, reason = Reason },
            now, cancellationToken);
    }
}
