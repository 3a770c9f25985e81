using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>
/// Marks what is overdue and does what the tenant's policy says about it today. A step is remembered with its invoice, so a run that comes late,
/// twice or beside another one changes nothing.
/// </summary>
public sealed class RunDunning(
    Database database, DunningStore dunning, SpendCredit spend, TenantPages pages, HistoryStore history, TenantClocks clocks, BillingTime time)
{
    private const int AtOnce = 500;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var overdue = await dunning.ListOverdueAcrossTenantsAsync(BusinessCalendar.DayOf(now).Start, cancellationToken);
        await pages.RunAsync(
            [.. overdue.Except(await clocks.ListAsync(cancellationToken))], AtOnce,
            (tenant, policy) => PageAsync(tenant, policy, now, cancellationToken), cancellationToken);
    }

    public Task RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return pages.RunAsync(tenant, AtOnce, policy => PageAsync(tenant, policy, now, cancellationToken), cancellationToken);
    }

    private async Task<int> PageAsync(TenantId tenant, DunningPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = BusinessCalendar.DayOf(now).Start;
        // What credit pays nobody is told of or charged for.
        await spend.RunAsync(tenant, await dunning.ListDueWithCreditAsync(tenant, policy.Days, today, AtOnce, cancellationToken), cancellationToken);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var due = await dunning.ListDueForUpdateAsync(transaction, policy.Days, today, AtOnce, cancellationToken);
        var steps = due
            .Select(invoice => (Invoice: invoice, Step: DunningStep.Next(policy, invoice.DaysOverdue, invoice.DunningStage)!))
            .ToList();
        if (steps.Count == 0)
            return 0;

        await dunning.TakeStepsAsync(transaction, steps, BusinessCalendar.IsoWeek(now), now, cancellationToken);
        await history.AddAllAsync(
            transaction, "invoice_overdue",
            [.. steps.Select(one => (one.Invoice.UserId, (object)new
            {
                invoiceId = one.Invoice.Id,
                one.Invoice.InvoiceNumber,
                due = one.Invoice.Amount,
                one.Invoice.DaysOverdue,
                one.Step.Urgency,
                retried = one.Step.Retries,
                writtenOff = one.Step.WritesOff,
            }))],
            now, cancellationToken);
        if (steps.Where(one => one.Step.WritesOff).Select(one => one.Invoice).ToList() is { Count: > 0 } writtenOff)
            await history.AddAllAsync(
                transaction, "invoice_written_off",
                [.. writtenOff.Select(invoice => (invoice.UserId, (object)new { invoiceId = invoice.Id, invoice.InvoiceNumber, due = invoice.Amount }))],
                now, cancellationToken);
        var facts = steps.Where(one => one.Step.Tells)
            .Select(BusinessEvent (one) => one.Invoice.Overdue(policy, one.Step.Urgency, today)).ToList();
        if (facts.Count > 0)
            await transaction.SendAsync(Topology.BusinessEvents, facts, now, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }
}
