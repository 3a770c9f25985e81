using ServerlessBusiness.Billing.Cycles;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>
/// Subscriptions told new terms: they are kept, the period that a renewal began is billed unless a run has done so, and what a run made by
/// terms that were already outdated is put right.
/// </summary>
public sealed class KeepAgreement(
    AgreementStore agreements, RenewalStore renewals, InvoiceStore invoices, IssueInvoice issue, SupersedeInvoice supersede, HistoryStore history,
    BillingTime time)
{
    public async Task RunAsync(SubscriptionTermsChanged terms, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var agreement = Agreement.Of(terms);
        var isNewer = await agreements.KeepAsync(transaction, terms, time.GetUtcNow(), cancellationToken);
        // The bill of a period that has begun is owed whatever came later; only its withdrawal, told by itself, says otherwise.
        if (terms.Renewed is { } renewed)
            await BillAsync(agreement, renewed, transaction, cancellationToken);
        if (!isNewer)
            return;

        var made = await renewals.ListAfterAsync(transaction, terms.SubscriptionId, terms.PeriodStart, cancellationToken);
        foreach (var wrong in Contradiction.Of(agreement, made))
            await CorrectAsync(agreement, wrong, transaction, cancellationToken);
    }

    private async Task BillAsync(Agreement agreement, RenewalBill bill, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var made = await renewals.FindAsync(transaction, agreement.SubscriptionId, bill.PeriodStart, cancellationToken);
        if (made is null)
            await IssueAsync(agreement, bill, transaction, cancellationToken);
        else if (!made.IsFor(bill))
            await CorrectAsync(agreement, new Contradiction(made, bill), transaction, cancellationToken);
    }

    private async Task CorrectAsync(Agreement agreement, Contradiction wrong, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var taken = await supersede.RunAsync(transaction, wrong.Invoice.Id, cancellationToken);
        if (wrong.Instead is { } bill && bill.PeriodStart <= time.GetUtcNow())
            await IssueAsync(agreement, bill, transaction, cancellationToken, taken);
    }

    private async Task IssueAsync(
        Agreement agreement, RenewalBill bill, TenantTransaction transaction, CancellationToken cancellationToken, Invoice? insteadOf = null)
    {
        // Subscriptions knows the charge by what it was told of the invoice before: where that was paid, this one is to be paid again.
        var isReopened = insteadOf is { Status: InvoiceStatus.Paid };
        var invoice = agreement.ToInvoice(bill) with { Reopenings = (insteadOf?.Reopenings ?? 0) + (isReopened ? 1 : 0) };
        if (await invoices.IsBilledAsync(transaction, invoice.ChargeId!.Value, cancellationToken))
            return;

        try
        {
            var issued = await issue.RunAsync(invoice, transaction, cancellationToken);
            if (isReopened && issued.IsPayable)
                await transaction.PublishAsync(issued.Reopened(), time.GetUtcNow(), cancellationToken);
        }
        catch (CompositionException refusal)
        {
            // Like a run that meets it: aside until somebody has looked, and the other messages go on.
            var now = time.GetUtcNow();
            await agreements.ParkAsync(transaction, agreement.SubscriptionId, bill, refusal.Message, now, cancellationToken);
            await history.AddAsync(
                transaction, agreement.UserId, "subscription_parked", new ParkedBill(agreement.SubscriptionId, bill.PeriodStart, refusal.Message), now,
                cancellationToken);
        }
    }
}
