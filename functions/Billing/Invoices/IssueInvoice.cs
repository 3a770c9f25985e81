using System.Globalization;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Bills the first period of a new subscription.</summary>
public sealed class IssueInvoice(InvoiceStore invoices, HistoryStore history, IOptions<BillingOptions> options, TimeProvider time)
{
    public async Task RunAsync(SubscriptionCreated created, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (await invoices.IsBilledAsync(transaction, created.SubscriptionId, created.PeriodStart, cancellationToken))
            return;

        var now = time.GetUtcNow();
        var rate = await invoices.FindTaxRateAsync(transaction, created.Price.Currency, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var totals = InvoiceTotals.Of([created.Price], rate);
        var month = InvoiceNumber.MonthOf(now);
        var number = InvoiceNumber.Format(month, await invoices.TakeNumberAsync(transaction, month, cancellationToken));
        var invoice = new Invoice(
            Guid.CreateVersion7(now), number, created.UserId, created.SubscriptionId, created.PeriodStart, created.PeriodEnd,
            totals.Net.Amount, rate, totals.Tax.Amount, totals.Total.Amount, totals.Total.Currency.Code, InvoiceStatus.Pending,
            now.AddDays(options.Value.DueDays), PaidDate: null, PaymentTransactionId: null, now);

        await invoices.InsertAsync(transaction, invoice, [Line(created, now)], cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "invoice_issued", new { invoiceId = invoice.Id, number, total = invoice.Total }, now, cancellationToken);
        await transaction.PublishAsync(
            new InvoiceIssued(invoice.Id, number, invoice.UserId, invoice.SubscriptionId, invoice.Total, invoice.DueDate), now, cancellationToken);
    }

    private static InvoiceLine Line(SubscriptionCreated created, DateTimeOffset now)
    {
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"{created.TierName}, {created.Cycle}, {created.PeriodStart:yyyy-MM-dd} to {created.PeriodEnd:yyyy-MM-dd}");
        return new InvoiceLine(Guid.CreateVersion7(now), description, 1, created.Price.Amount, created.Price.Amount);
    }
}
