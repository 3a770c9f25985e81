using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record CancelInvoiceRequest
{
    [Required, StringLength(200)]
    public string Reason { get; init; } = "";
}

/// <summary>Withdraws an open invoice; whoever waits for its payment hears of it.</summary>
public sealed class CancelInvoice(
    Database database, InvoiceStore invoices, CreditStore credits, ReturnCoupons coupons, PlaceMoney place, GiveBack giveBack,
    HistoryStore history, BillingTime time)
{
    public async Task<InvoiceView> RunAsync(TenantId tenant, Guid id, CancelInvoiceRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var invoice = await TryAsync(transaction, id, request.Reason, cancellationToken)
            ?? throw await RefusalAsync(transaction, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return InvoiceView.Of(invoice);
    }

    /// <summary>
    /// Cancels it if it is open and gives back what it had taken of credit and coupons; what was paid of it becomes credit too. Null when it is
    /// not open.
    /// </summary>
    /// <param name="tellsSubscription">False where Subscriptions knows nothing of the invoice.</param>
    public async Task<Invoice?> TryAsync(
        TenantTransaction transaction, Guid id, string reason, CancellationToken cancellationToken, bool tellsSubscription = true)
    {
        var now = time.GetUtcNow();
        if (await invoices.CancelAsync(transaction, id, now, cancellationToken) is not { } invoice)
            return null;

        await credits.GiveBackAsync(transaction, invoice.UserId, invoice.Money(0).Currency, id, now, cancellationToken);
        // What is superseded gave them back then.
        if (!invoice.IsSuperseded)
            await coupons.RunAsync(transaction, invoice, now, cancellationToken);
        await place.AllToCreditAsync(transaction, invoice, now, cancellationToken);
        await giveBack.TakeDoubledAsync(transaction, invoice, new CreditSource(), now, cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "invoice_cancelled", new { invoiceId = id, invoice.InvoiceNumber, reason }, now, cancellationToken);
        await transaction.PublishAsync(
            tellsSubscription
                ? new InvoiceCancelled(id, invoice.InvoiceNumber, invoice.UserId, invoice.SubscriptionId, reason, invoice.ChargeId, invoice.Reopenings)
                : new InvoiceCancelled(id, invoice.InvoiceNumber, invoice.UserId, SubscriptionId: null, reason),
            now, cancellationToken);
        return invoice;
    }

    private async Task<ProblemException> RefusalAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        await invoices.FindAsync(transaction, id, cancellationToken) switch
        {
            null => ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice."),
            { IsDraft: true } => ProblemException.Conflict("INVOICE_IS_DRAFT", "Nobody owes a draft. Discard it instead of cancelling it."),
            var invoice => ProblemException.Conflict(
                "INVOICE_NOT_OPEN",
                $"Invoice {invoice.InvoiceNumber} is {invoice.Status.ToString().ToLowerInvariant()}; only an open one can be cancelled."),
        };
}
