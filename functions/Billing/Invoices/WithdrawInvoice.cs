using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>A charge was withdrawn with its subscription: its open invoice need not be paid any more.</summary>
public sealed class WithdrawInvoice(AgreementStore agreements, InvoiceStore invoices, CancelInvoice cancel, BillingTime time)
{
    public async Task RunAsync(
        Guid subscription, Guid? charge, string reason, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (charge is not { } id)
            return;

        await invoices.LockChargeAsync(transaction, id, cancellationToken);
        // A run that is billing it has not committed the invoice yet, or will see what is noted here.
        await agreements.LockAsync(transaction, subscription, cancellationToken);
        if (await invoices.FindOfChargeAsync(transaction, id, cancellationToken) is { } invoice)
            await cancel.TryAsync(transaction, invoice, reason, cancellationToken);
        else
            await invoices.NoteWithdrawnAsync(transaction, id, time.GetUtcNow(), cancellationToken);
    }
}
