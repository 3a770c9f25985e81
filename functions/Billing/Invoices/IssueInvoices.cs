using Microsoft.Extensions.Options;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>
/// Makes invoices of composed bills, one or a thousand, with the same few statements: numbers by one update of the counter, then invoices,
/// lines, credit and coupons taken, history and messages.
/// </summary>
public sealed class IssueInvoices(
    InvoiceBatchStore invoices, SellerStore sellers, CreditStore credits, CouponStore coupons, HistoryStore history, IOptions<BillingOptions> options)
{
    /// <summary>In the order of the bills, numbered in that order. All of them must have been composed.</summary>
    /// <param name="ids">Where the invoices have ids already.</param>
    public async Task<IReadOnlyList<Invoice>> RunAsync(
        TenantTransaction transaction, IReadOnlyList<ComposedBill> bills, DateTimeOffset now, CancellationToken cancellationToken, Guid[]? ids = null)
    {
        if (bills.Count == 0)
            return [];

        ids ??= [.. bills.Select(_ => Guid.CreateVersion7(now))];
        await TakeAsync(transaction, bills, ids, now, cancellationToken);

        var seller = await sellers.KeepAsync(transaction, now, cancellationToken);

        // The counter's row is locked from here to the commit: last, so that the tenant's other invoices wait as little as can be.
        var month = InvoiceNumber.MonthOf(now);
        var last = await invoices.TakeNumbersAsync(transaction, month, bills.Count, cancellationToken);
        var issued = bills.Select((bill, place) => Issue(
            bill, ids[place], InvoiceNumber.Format(month, last - bills.Count + 1 + place), seller, now)).ToArray();

        await invoices.InsertAsync(transaction, issued, cancellationToken);
        await invoices.InsertLinesAsync(transaction, [.. Rows(bills, ids, now)], cancellationToken);
        await history.AddAsync(
            transaction,
            [
                .. issued.Select(invoice => new HistoryLine(
                    invoice.UserId, "invoice_issued", new { invoiceId = invoice.Id, number = invoice.InvoiceNumber, total = invoice.Total })),
                .. bills.SelectMany((bill, place) => CouponsUsed(bill, ids[place])),
            ],
            now, cancellationToken);
        await transaction.SendAsync(Topology.BusinessEvents, [.. issued.Select(Fact)], now, availableAt: null, cancellationToken);
        return issued;
    }

    // Credit, and coupons that are counted, are taken only where there are any: most batches have none of one or the other.
    private async Task TakeAsync(
        TenantTransaction transaction, IReadOnlyList<ComposedBill> bills, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spent = bills.Select((bill, place) => new CreditSpent(bill.Bill.UserId, bill.Composition!.CreditUsed, ids[place]))
            .Where(one => !one.Amount.IsZero).ToArray();
        if (spent.Length > 0)
            await credits.SpendAsync(transaction, spent, now, cancellationToken);

        var used = bills.SelectMany(bill => bill.Composition!.Lines).Select(line => line.Coupon).OfType<Discount>()
            .Where(coupon => coupon.IsCounted).Select(coupon => coupon.RedemptionId).ToArray();
        if (used.Length > 0)
            await coupons.UseAsync(transaction, used, cancellationToken);
    }

    private static IEnumerable<HistoryLine> CouponsUsed(ComposedBill bill, Guid invoice) =>
        from line in bill.Composition!.Lines
        where line.RedemptionId is not null
        select new HistoryLine(
            bill.Bill.UserId, "coupon_used",
            new { invoiceId = invoice, redemptionId = line.RedemptionId, coupon = line.Charge.Description, amount = -line.Charge.Amount });

    private Invoice Issue(ComposedBill composed, Guid id, string number, Guid? seller, DateTimeOffset now)
    {
        var (bill, composition) = (composed.Bill, composed.Composition!);
        var totals = composition.Totals;
        var isPaid = totals.Total.IsZero;
        return new Invoice(
            id, number, bill.UserId, bill.SubscriptionId, bill.PeriodStart, bill.PeriodEnd,
            totals.Net.Amount, composition.Tax.Rate, totals.Tax.Amount, totals.Total.Amount, totals.Total.Currency.Code,
            isPaid ? InvoiceStatus.Paid : InvoiceStatus.Pending, now.AddDays(options.Value.DueDays), isPaid ? now : null,
            PaymentTransactionId: null, now, bill.ChargeId, composition.Subtotal.Amount, composition.Discount.Amount, composition.Tax.Mode,
            totals.Net.Amount, bill.IsRenewal, IsDraft: false, SellerId: seller, Reopenings: bill.Reopenings);
    }

    // Credit covered all of it: nobody has anything to pay, and what waits for the payment goes on.
    private static BusinessEvent Fact(Invoice invoice) => invoice.Status == InvoiceStatus.Paid
        ? invoice.PaidBy(Guid.Empty, invoice.CreatedAt)
        : new InvoiceIssued(invoice.Id, invoice.InvoiceNumber, invoice.UserId, invoice.SubscriptionId, invoice.Total, invoice.DueDate);

    private static IEnumerable<InvoiceLineRow> Rows(IReadOnlyList<ComposedBill> bills, Guid[] ids, DateTimeOffset now)
    {
        for (var place = 0; place < bills.Count; place++)
        {
            foreach (var row in InvoiceLineRow.Of(ids[place], bills[place].Composition!.Lines, now))
                yield return row;
        }
    }
}
