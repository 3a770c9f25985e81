using System.Globalization;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Bills what Subscriptions decided. There is no negative invoice: what credits leave over is kept for the next one.</summary>
public sealed class IssueInvoice(
    InvoiceStore invoices, CreditStore credits, HistoryStore history, IOptions<BillingOptions> options, TimeProvider time)
{
    public async Task RunAsync(SubscriptionCreated created, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var isBilled = created.ChargeId is { } charge
            ? await invoices.IsBilledAsync(transaction, charge, cancellationToken)
            : await invoices.IsBilledAsync(transaction, created.SubscriptionId, created.PeriodStart, cancellationToken);
        if (!isBilled)
            await IssueAsync(
                transaction, created.UserId, created.SubscriptionId, created.ChargeId, created.PeriodStart, created.PeriodEnd,
                created.Lines ?? [Line(created)], cancellationToken);
    }

    public async Task RunAsync(SubscriptionChargeDue due, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var net = due.Lines.Select(line => line.Amount).Aggregate((sum, amount) => sum + amount);
        if (net.Amount <= 0)
            await KeepCreditAsync(due, -net, transaction, cancellationToken);
        else if (!await invoices.IsBilledAsync(transaction, due.ChargeId, cancellationToken))
            await IssueAsync(
                transaction, due.UserId, due.SubscriptionId, due.ChargeId, due.PeriodStart, due.PeriodEnd, due.Lines, cancellationToken);
    }

    private async Task KeepCreditAsync(SubscriptionChargeDue due, Money credit, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!credit.IsZero && await credits.AddAsync(transaction, due.UserId, credit, due.Reason, due.ChargeId, invoice: null, now, cancellationToken))
            await history.AddAsync(
                transaction, due.UserId, "credit_added", new { due.ChargeId, due.SubscriptionId, amount = credit, due.Reason }, now, cancellationToken);
    }

    private async Task IssueAsync(
        TenantTransaction transaction, Guid user, Guid subscription, Guid? charge, DateTimeOffset periodStart, DateTimeOffset periodEnd,
        IReadOnlyList<ChargeLine> lines, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var net = lines.Select(line => line.Amount).Aggregate((sum, amount) => sum + amount);
        var spent = await credits.SpendAsync(transaction, user, net, id, now, cancellationToken);
        if (!spent.IsZero)
            lines = [.. lines, new ChargeLine("Credit", 1, -spent, -spent)];

        var rate = await invoices.FindTaxRateAsync(transaction, net.Currency, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var totals = InvoiceTotals.Of([.. lines.Select(line => line.Amount)], rate);
        var month = InvoiceNumber.MonthOf(now);
        var number = InvoiceNumber.Format(month, await invoices.TakeNumberAsync(transaction, month, cancellationToken));
        var isPaid = totals.Total.IsZero;
        var invoice = new Invoice(
            id, number, user, subscription, periodStart, periodEnd,
            totals.Net.Amount, rate, totals.Tax.Amount, totals.Total.Amount, totals.Total.Currency.Code,
            isPaid ? InvoiceStatus.Paid : InvoiceStatus.Pending, now.AddDays(options.Value.DueDays), isPaid ? now : null,
            PaymentTransactionId: null, now, charge);

        await invoices.InsertAsync(transaction, invoice, [.. lines.Select((line, place) => Row(line, now.AddMilliseconds(place)))], cancellationToken);
        await history.AddAsync(
            transaction, user, "invoice_issued", new { invoiceId = id, number, total = invoice.Total }, now, cancellationToken);
        // Credit covered all of it: nobody has anything to pay, and what waits for the payment goes on.
        await transaction.PublishAsync(
            isPaid
                ? new InvoicePaid(id, number, user, subscription, Guid.Empty, invoice.Total, now, charge)
                : new InvoiceIssued(id, number, user, subscription, invoice.Total, invoice.DueDate),
            now, cancellationToken);
    }

    // Lines are listed by id.
    private static InvoiceLine Row(ChargeLine line, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), line.Description, line.Quantity, line.UnitPrice.Amount, line.Amount.Amount);

    private static ChargeLine Line(SubscriptionCreated created)
    {
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"{created.TierName}, {created.Cycle}, {created.PeriodStart:yyyy-MM-dd} to {created.PeriodEnd:yyyy-MM-dd}");
        return new ChargeLine(description, 1, created.Price, created.Price);
    }
}
