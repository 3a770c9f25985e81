using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>
/// An invoice is open again of which its payer had been given credit already: that leaves the balance, as far as it is there, and as much what is due. He
/// owes what he has used.
/// </summary>
public sealed class LowerReopened(ChargeCreditStore charges, CreditStore credits, InvoiceStore invoices, WriteCreditNote write)
{
    public async Task<Invoice> RunAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var given = await FindGivenAsync(transaction, invoice, cancellationToken);
        if (given.IsZero)
            return invoice;
        var reason = $"given back before invoice {invoice.InvoiceNumber} was opened again";
        var taken = await credits.TakeAsync(transaction, invoice.UserId, given, reason, new CreditSource(Invoice: invoice.Id), now, cancellationToken);
        if (taken.IsZero)
            return invoice;

        var gross = taken * (1 + invoice.TaxOnTop);
        var draft = (await write.MeasureAsync(transaction, invoice, cancellationToken)).OfTotal(gross < invoice.Due ? gross : invoice.Due);
        var effect = new CreditNoteEffect(draft.Total, invoice.Money(0), invoice.Money(0));
        await write.RunAsync(transaction, invoice, draft, effect, "given back before the bank took the payment back", "service billing", now, cancellationToken);
        return await invoices.FindAsync(transaction, invoice.Id, cancellationToken) ?? invoice;
    }

    // Less what has left the balance because of that already.
    private async Task<Money> FindGivenAsync(TenantTransaction transaction, Invoice invoice, CancellationToken cancellationToken)
    {
        if (invoice.ChargeId is not { } charge)
            return invoice.Money(0);
        var given = await charges.SumCreditAsync(transaction, charge, cancellationToken);
        var spent = (await charges.FindOfInvoiceAsync(transaction, invoice.Id, cancellationToken)).Credit;
        var taken = -await credits.SumAsync(transaction, invoice.UserId, invoice.Id, cancellationToken) - spent;
        return invoice.Money(Math.Max(0, given - Math.Max(0, taken)));
    }
}
