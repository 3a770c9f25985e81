using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Coupons;

/// <summary>Nobody owes an invoice that coupons had made cheaper: they are good for another one instead.</summary>
public sealed class ReturnCoupons(CouponStore coupons, HistoryStore history)
{
    public async Task RunAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (invoice.Discount > 0 && await coupons.GiveBackAsync(transaction, invoice.Id, cancellationToken) > 0)
            await history.AddAsync(
                transaction, invoice.UserId, "coupon_given_back", new { invoiceId = invoice.Id, invoice.InvoiceNumber }, now, cancellationToken);
    }
}
