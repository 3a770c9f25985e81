using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>
/// An invoice is open of which its payer is given credit, or was before it was opened again: that leaves the balance, as far as it is there and owed, and
/// as much what is due. He owes what he has used.
/// </summary>
public sealed class LowerOpen(ChargeCreditStore charges, CreditStore credits, InvoiceStore invoices, WriteCreditNote write)
{
    public async Task<Invoice> RunAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var given = await FindGivenAsync(transaction, invoice, cancellationToken);
        await LowerAsync(transaction, invoice, given, "given back before the bank took the payment back", now, cancellationToken);
        return await invoices.FindAsync(transaction, invoice.Id, cancellationToken) ?? invoice;
    }

    /// <summary>
    /// So much credit was given back of a charge: what is open of it, or of one before it that it was paid by, comes first. How much is left.
    /// </summary>
    public async Task<Money> RunAsync(
        TenantTransaction transaction, Guid charge, Money credit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var invoice in await charges.LockChainAsync(transaction, charge, cancellationToken))
            credit -= await LowerAsync(transaction, invoice, credit, "given back before it was paid", now, cancellationToken);
        return credit;
    }

    /// <summary>How much of the credit that a charge is given back its open invoices would take.</summary>
    public async Task<Money> MeasureAsync(TenantTransaction transaction, Guid charge, Money credit, CancellationToken cancellationToken)
    {
        var left = credit;
        foreach (var invoice in await charges.LockChainAsync(transaction, charge, cancellationToken))
            left -= MostOf(invoice, left);
        return credit - left;
    }

    /// <summary>
    /// So much credit came late, for another invoice of the subscription that these are of: what is due first comes first. How much is left.
    /// </summary>
    public async Task<Money> RunAsync(
        TenantTransaction transaction, IReadOnlyList<Invoice> open, Money credit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var invoice in open.OrderBy(invoice => invoice.DueDate))
            credit -= await LowerAsync(transaction, invoice, credit, "paid by what came late for another invoice", now, cancellationToken);
        return credit;
    }

    /// <summary>Whatever its payer has in the balance pays it; the invoice as it is then.</summary>
    public async Task<Invoice> PayAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await LowerAsync(
            transaction, invoice, CreditValue.Of(invoice.Due, invoice.TaxOnTop), "paid by credit that came after it was issued", now, cancellationToken);
        return await invoices.FindAsync(transaction, invoice.Id, cancellationToken) ?? invoice;
    }

    // How much credit it took.
    private async Task<Money> LowerAsync(
        TenantTransaction transaction, Invoice invoice, Money credit, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var most = MostOf(invoice, credit);
        if (most.IsZero)
            return most;
        var taken = await credits.TakeAsync(
            transaction, invoice.UserId, most, $"lowers open invoice {invoice.InvoiceNumber}", new CreditSource(Invoice: invoice.Id), now,
            cancellationToken);
        if (taken.IsZero)
            return taken;

        var draft = (await write.MeasureAsync(transaction, invoice, cancellationToken)).OfTotal(
            CreditValue.Off(invoice.Due, taken, invoice.TaxOnTop));
        var effect = new CreditNoteEffect(draft.Total, invoice.Money(0), invoice.Money(0));
        await write.RunAsync(transaction, invoice, draft, effect, reason, "service billing", now, cancellationToken, isPaidByIt: true);
        return taken;
    }

    private static Money MostOf(Invoice invoice, Money credit) =>
        CreditValue.Of(invoice.Due, invoice.TaxOnTop) is var whole && credit < whole ? credit : whole;

    // Less what has left the balance because of that already.
    private async Task<Money> FindGivenAsync(TenantTransaction transaction, Invoice invoice, CancellationToken cancellationToken)
    {
        if (invoice.ChargeId is not { } charge)
            return invoice.Money(0);
        var given = await charges.SumCreditAsync(transaction, charge, cancellationToken);
        var books = await charges.FindOfInvoiceAsync(transaction, invoice.Id, cancellationToken);
        return invoice.Money(Math.Max(0, given - books.TakenBack));
    }
}
