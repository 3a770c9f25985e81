using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// Charges what is due to the payers' saved methods. A claim is committed before Payments is asked and no transaction is open while it answers; what
/// came of a charge is told by its facts, whoever asked for it.
/// </summary>
public sealed partial class CollectInvoices(
    Database database, CollectionStore collection, SpendCredit spend, HistoryStore history, ServiceClients services, TenantClocks clocks,
    BillingTime time, ILogger<CollectInvoices> logger)
{
    private const int AtOnce = 100;
    private const int SideBySide = 8;
    private const string SavedMethod = "saved";

    // The timer comes again every minute, and whatever is due then is done then. One invocation stays far below its limit, also when answers are slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private const int InATurn = 4 * SideBySide;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private sealed record ChargeRequest(
        Guid InvoiceId, Guid UserId, Guid? SubscriptionId, Money Amount, int Installment, string Method, string Description);

    private sealed record ChargeAnswer(Guid Id, string Status);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var due = await collection.ListTenantsWithDueAcrossTenantsAsync(time.GetUtcNow(), cancellationToken);
        var turns = new Turns(due.Except(await clocks.ListAsync(cancellationToken)), InATurn);
        while (turns.Next() is { Count: > 0 } tenants && time.GetElapsedTime(started) < Patience)
        {
            var now = time.GetUtcNow();
            var each = InATurn / tenants.Count;
            var claimed = await collection.TakeDueAcrossTenantsAsync(tenants, now, now + Lease, each, cancellationToken);
            await TryAsync(claimed, now + Lease, now, cancellationToken);
            // Who had less than that has nothing left.
            turns.Again(claimed.CountBy(invoice => invoice.Tenant).Where(one => one.Value == each).Select(one => one.Key));
        }
    }

    /// <summary>Of one tenant, for the only one who collects there; the invoices that are paid by what Payments says, whose news is on its way.</summary>
    public async Task<IReadOnlyList<Guid>> RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var paid = new List<Guid>();
        IReadOnlyList<ClaimedInvoice> due;
        do
        {
            var now = time.GetUtcNow();
            due = await collection.TakeDueAsync(tenant, now, AtOnce, cancellationToken);
            paid.AddRange(await TryAsync(due, now, now, cancellationToken));
        }
        while (due.Count == AtOnce);
        return paid;
    }

    private async Task<IEnumerable<Guid>> TryAsync(
        IReadOnlyList<ClaimedInvoice> due, DateTimeOffset lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var paid = new ConcurrentBag<Guid>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, limits, async (invoice, cancelled) =>
        {
            if (await TryOneAsync(invoice, lease, now, cancelled))
                paid.Add(invoice.Id);
        });
        return paid;
    }

    // The claim of one that fails ends by itself; the others are charged meanwhile.
    private async Task<bool> TryOneAsync(ClaimedInvoice invoice, DateTimeOffset lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(invoice, lease, now, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailure(failure, invoice.Id);
            return false;
        }
    }

    // Whether it is paid by what Payments says.
    private async Task<bool> TryAsync(ClaimedInvoice invoice, DateTimeOffset lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Its note is on its way to Payments, which withdraws a charge that asks for more.
        if (invoice.HasCredit && await spend.RunAsync(invoice.Tenant, invoice.Id, cancellationToken) is { } rest)
        {
            if (!rest.IsPayable)
                return false;
            invoice = invoice with { Due = rest.Due.Amount };
        }

        var isPaid = false;
        DateTimeOffset? next = null;
        try
        {
            var answer = await services.To(ServiceIdentity.Payments).PostAsync<ChargeRequest, ChargeAnswer>(
                invoice.Tenant, "/v1/payments",
                new ChargeRequest(
                    invoice.Id, invoice.UserId, invoice.SubscriptionId, invoice.Amount, invoice.Installment, SavedMethod,
                    $"Invoice {invoice.InvoiceNumber}"),
                idempotencyKey: null, cancellationToken);
            isPaid = answer.Status == "success";
        }
        catch (ProblemException refusal)
        {
            next = CollectionOutcome.NextTry(refusal.Code, refusal.Status, refusal.RetryAfter, now);
            isPaid = refusal.Code == CollectionOutcome.PaidAlready;
            if (next is null && !isPaid)
                await NoteAsync(invoice, refusal, now, cancellationToken);
        }
        catch (ServiceUnavailableException failure)
        {
            // Also when it may have been carried out: asked again for the same installment, Payments finds it.
            next = CollectionOutcome.After(failure.RetryAfter, now);
            LogLater(invoice.Id, failure.Message);
        }

        await collection.ReleaseAsync(invoice.Tenant, invoice.Id, lease, next, now, cancellationToken);
        return isPaid;
    }

    private async Task NoteAsync(ClaimedInvoice invoice, ProblemException refusal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(invoice.Tenant, cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "collection_refused",
            new { invoiceId = invoice.Id, amount = invoice.Amount, refusal.Code, reason = refusal.Message }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Invoice {InvoiceId} could not be charged; it is tried again when its claim has ended.")]
    private partial void LogFailure(Exception exception, Guid invoiceId);

    [LoggerMessage(LogLevel.Warning, "Invoice {InvoiceId} is charged later: {Reason}")]
    private partial void LogLater(Guid invoiceId, string reason);
}
