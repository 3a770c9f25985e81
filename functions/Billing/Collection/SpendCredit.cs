using Microsoft.Extensions.Logging;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>Credit that came after an invoice was issued pays of it what it can, before its payer is asked for money.</summary>
public sealed partial class SpendCredit(Database database, InvoiceStore invoices, LowerOpen lower, BillingTime time, ILogger<SpendCredit> logger)
{
    /// <summary>The invoice as it is then; null when there is none.</summary>
    public async Task<Invoice?> RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var invoice = await invoices.LockAsync(transaction, id, cancellationToken);
        if (invoice is not { IsPayable: true })
            return invoice;
        invoice = await lower.PayAsync(transaction, invoice, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return invoice;
    }

    /// <summary>Each in a transaction of its own: nobody waits for the balance of one payer who holds that of another.</summary>
    public async Task RunAsync(TenantId tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            try
            {
                await RunAsync(tenant, id, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // It stays due in money, and those behind it need not wait.
                LogFailure(exception, id);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The credit of its payer could not pay of invoice {InvoiceId}.")]
    private partial void LogFailure(Exception exception, Guid invoiceId);
}
