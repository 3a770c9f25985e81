using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>What a run would do with a bill: the invoice's total, or the reason why there would be none.</summary>
public sealed record PreviewedBill(
    Guid SubscriptionId, Guid? UserId, DateTimeOffset PeriodStart, DateTimeOffset? PeriodEnd, Money? Net, Money? Discount, Money? CreditUsed, Money? Tax,
    Money? Total, string? ParkedReason);

/// <summary>Composes what a run would bill first, the oldest bill of each subscription, and writes nothing.</summary>
public sealed class PreviewBillingRun(
    Database database, AgreementStore agreements, InvoiceStore invoices, ComposeBills compose, BillingTime time)
{
    private const int Most = 1000;

    public async Task<IReadOnlyList<PreviewedBill>> RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Never committed, and no agreement is locked: a run beside it leaves none of them out.
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var due = await agreements.ListDueAsync(transaction, now, Most, cancellationToken);
        var plan = PagePlan.Of(due, await invoices.ListWithdrawnAsync(transaction, [.. due.Select(one => one.ChargeId)], cancellationToken));
        var composed = await compose.RunAsync(
            transaction, [.. plan.ToCreate.Select(one => one.Agreement.ToInvoice(one.Bill))], now, cancellationToken);
        return [.. composed.Select(Show), .. plan.Parked.Select(Show)];
    }

    private static PreviewedBill Show(ComposedBill one)
    {
        var (bill, made) = (one.Bill, one.Composition);
        return new PreviewedBill(
            bill.SubscriptionId!.Value, bill.UserId, bill.PeriodStart!.Value, bill.PeriodEnd, made?.Totals.Net, made?.Discount, made?.CreditUsed,
            made?.Totals.Tax, made?.Totals.Total, one.Refusal);
    }

    private static PreviewedBill Show(ParkedBill bill) => new(
        bill.SubscriptionId, UserId: null, bill.PeriodStart, PeriodEnd: null, Net: null, Discount: null, CreditUsed: null, Tax: null, Total: null,
        bill.Reason);
}
