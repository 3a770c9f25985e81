using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Payments;

/// <summary>The facts of other services that concern payments.</summary>
public sealed class BusinessEventsListener(
    Inbox inbox, PaymentStore payments, CancelCharge cancelCharge, DeleteSavedMethod deleteSavedMethod, UnlinkWallet unlinkWallet, TimeProvider time)
{
    [Function("BusinessEventsListener")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "payments", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken)
    {
        // Midtrans is called after the commit. What is to be withdrawn or unlinked there is kept, so that a crash from here on leaves it to the timer.
        var afterwards = new List<Func<Task>>();
        await inbox.HandleAsync(
            body,
            async (message, fact, transaction) =>
            {
                var (tenant, now) = (transaction.Tenant, time.GetUtcNow());
                switch (fact)
                {
                    case InvoiceCancelled cancelled:
                        await WithdrawAsync(cancelled.InvoiceId, null);
                        break;
                    // By credit, or by a payment of ours, which waits no more. What was opened after Billing noted that, which may be long after it was
                    // paid, is for an invoice that was opened again.
                    case InvoicePaid paid:
                        await WithdrawAsync(paid.InvoiceId, message.OccurredAt);
                        break;
                    // If it is open, less is due than was: its payer chooses anew, or the dunning charges what he keeps with the rest.
                    case CreditNoteIssued note:
                        await WithdrawAsync(note.InvoiceId, message.OccurredAt);
                        break;
                    case UserDeleted deleted:
                        foreach (var wallet in await deleteSavedMethod.ForgetAllAsync(transaction, deleted.UserId, now, cancellationToken))
                            afterwards.Add(() => unlinkWallet.RunAsync(tenant, wallet, cancellationToken));
                        break;
                }

                async Task WithdrawAsync(Guid invoice, DateTimeOffset? openedUntil)
                {
                    if (await payments.RequestCancellationAsync(transaction, invoice, null, openedUntil, now, cancellationToken) is { } payment)
                        afterwards.Add(() => cancelCharge.RunAsync(tenant, payment, cancellationToken));
                }
            },
            cancellationToken);
        foreach (var work in afterwards)
            await work();
    }
}
