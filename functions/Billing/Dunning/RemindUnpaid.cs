using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>Reminds of unpaid invoices, each once in an ISO week. It may run on any day: whoever missed the Monday is reminded by the next run.</summary>
public sealed class RemindUnpaid(
    Database database, DunningStore dunning, TenantPages pages, HistoryStore history, TenantClocks clocks, BillingTime time)
{
    private const int AtOnce = 500;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (monday, today, week) = (BusinessCalendar.WeekOf(now).Start, BusinessCalendar.DayOf(now).Start, BusinessCalendar.IsoWeek(now));
        var unreminded = await dunning.ListUnremindedAcrossTenantsAsync(monday, today, week, cancellationToken);
        await pages.RunAsync(
            [.. unreminded.Except(await clocks.ListAsync(cancellationToken))], AtOnce,
            (tenant, policy) => PageAsync(tenant, policy, now, cancellationToken), cancellationToken);
    }

    public Task RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return pages.RunAsync(tenant, AtOnce, policy => PageAsync(tenant, policy, now, cancellationToken), cancellationToken);
    }

    private async Task<int> PageAsync(TenantId tenant, DunningPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (monday, today, week) = (BusinessCalendar.WeekOf(now).Start, BusinessCalendar.DayOf(now).Start, BusinessCalendar.IsoWeek(now));
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var taken = await dunning.TakeUnremindedAsync(transaction, monday, today, week, AtOnce, now, cancellationToken);
        if (taken.Count == 0)
            return 0;

        await history.AddAllAsync(
            transaction, "invoice_reminded",
            [.. taken.Select(invoice => (invoice.UserId, (object)new { invoiceId = invoice.Id, invoice.InvoiceNumber, due = invoice.Amount, week }))],
            now, cancellationToken);
        var facts = taken.Select(BusinessEvent (invoice) => invoice.Status == InvoiceStatus.Overdue
            ? invoice.Overdue(policy, DunningStep.UrgencyOf(policy, invoice.DunningStage), today)
            : invoice.Reminder()).ToList();
        await transaction.SendAsync(Topology.BusinessEvents, facts, now, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return taken.Count;
    }
}
