using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>
/// Bills what a run has left, a page of subscriptions in a transaction: invoices, numbers, history, messages, the agreements' next periods and
/// the run's counts commit together, so a run can be killed anywhere and goes on with exactly what is missing.
/// </summary>
public sealed partial class RunBillingPages(
    Database database, AgreementStore agreements, BillingRunStore runs, InvoiceStore invoices, ComposeBills compose, IssueInvoices issue,
    HistoryStore history, IOptions<BillingOptions> options, BillingTime time, ILogger<RunBillingPages> logger)
{
    /// <summary>Subscriptions that are billed together.</summary>
    public const int PageSize = 1000;

    private static readonly Counter<long> Parked = ServiceTelemetry.Meter.CreateCounter<long>(
        "billing.parked", description: "Subscriptions that billing runs have set aside.");

    // For a place to work at, and for working: well within a message's lock and a function's minute. Then another message goes on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Until whoever holds what is left has committed or died.
    private static readonly TimeSpan WhileHeld = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim workers = new(options.Value.PagesAtOnce);

    private enum Outcome
    {
        More,
        Over,
    }

    public async Task RunAsync(TenantId tenant, Guid run, CancellationToken cancellationToken)
    {
        if (!await workers.WaitAsync(Patience, cancellationToken))
        {
            await HandOnAsync(tenant, run, cancellationToken);
            return;
        }

        try
        {
            await WorkAsync(tenant, run, Patience, cancellationToken);
        }
        finally
        {
            workers.Release();
        }
    }

    /// <summary>Works until nothing is left, for a caller who waits for that; it hands nothing on.</summary>
    public async Task RunToTheEndAsync(TenantId tenant, Guid run, CancellationToken cancellationToken)
    {
        await workers.WaitAsync(cancellationToken);
        try
        {
            await WorkAsync(tenant, run, TimeSpan.MaxValue, cancellationToken);
        }
        finally
        {
            workers.Release();
        }
    }

    private async Task WorkAsync(TenantId tenant, Guid run, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var size = PageSize;
        var outcome = Outcome.More;
        var looks = false;
        DueAgreement? last = null;
        while (outcome == Outcome.More)
        {
            var page = new Page(run, size, last, looks, HandsOver: time.GetElapsedTime(started) > patience);
            try
            {
                outcome = await BillAsync(tenant, page, cancellationToken);
                // Behind a short page there is nothing: what others held before it may be free by now.
                last = page.Taken.Count == page.Size ? page.Taken[^1] : null;
                size = Math.Min(size * 2, PageSize);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.UniqueViolation && !looks)
            {
                // Some of them are billed. That is rare, so from here on only it is asked which.
                looks = true;
            }
            catch (Exception refusal) when (IsAboutData(refusal) && page.Taken.Count > 0)
            {
                // The database refuses one of them, or cannot be told it. Smaller pages find out which.
                LogRefusal(refusal, page.Taken.Count, run);
                if (page.Taken is [var poisoned])
                    await ParkAsync(
                        tenant, run, poisoned, (refusal as PostgresException)?.MessageText ?? refusal.Message, cancellationToken);
                size = Math.Max(page.Taken.Count / 8, 1);
            }
        }
    }

    private async Task<Outcome> BillAsync(TenantId tenant, Page page, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await runs.FindRunningAsync(transaction, page.Run, cancellationToken) is not { } run)
            return Outcome.Over;

        page.Taken = await agreements.TakeDueAsync(transaction, run.AsOf, run.Id, page.After, page.Looks, page.Size, cancellationToken);
        if (page.Taken.Count == 0)
        {
            // From the beginning once more.
            if (page.After is not null)
                return Outcome.More;

            // Somebody holds what is left. New terms do, and they end no run: somebody has to look again.
            if (!await runs.CompleteAsync(transaction, run.Id, now, cancellationToken))
                await transaction.SendAsync(Topology.BillingRunPages, [new BillingRunPage(run.Id)], now, time.RealNow + WhileHeld, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Outcome.Over;
        }

        var withdrawn = await invoices.ListWithdrawnAsync(transaction, [.. page.Taken.Select(one => one.ChargeId)], cancellationToken);
        var users = page.Taken.ToDictionary(one => one.SubscriptionId, one => one.UserId);
        var parked = await BillAsync(transaction, run.Id, PagePlan.Of(page.Taken, withdrawn), users, now, cancellationToken);
        if (page.HandsOver)
            await transaction.SendAsync(Topology.BillingRunPages, [new BillingRunPage(run.Id)], now, availableAt: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (parked > 0)
            Parked.Add(parked);
        return page.HandsOver ? Outcome.Over : Outcome.More;
    }

    // How many it parked.
    private async Task<int> BillAsync(
        TenantTransaction transaction, Guid run, PagePlan plan, IReadOnlyDictionary<Guid, Guid> users, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var composed = await compose.RunAsync(
            transaction, [.. plan.ToCreate.Select(one => one.Agreement.ToInvoice(one.Bill))], now, cancellationToken);
        var refused = composed.Where(one => one.Composition is null)
            .Select(one => new ParkedBill(one.Bill.SubscriptionId!.Value, one.Bill.PeriodStart!.Value, one.Refusal!));
        var parked = plan.Parked.Concat(refused).ToArray();
        var billed = composed.Where(one => one.Composition is not null).ToArray();

        if (parked.Length > 0)
            await history.AddAllAsync(
                transaction, "subscription_parked", [.. parked.Select(one => (users[one.SubscriptionId], (object)one))], now, cancellationToken);
        await agreements.AdvanceAsync(
            transaction, run,
            [
                .. billed.Select(one => new Advance(one.Bill.SubscriptionId!.Value, one.Bill.PeriodEnd, ParkedReason: null)),
                .. plan.Existing,
                .. parked.Select(one => new Advance(one.SubscriptionId, Next: null, one.Reason)),
            ],
            now, cancellationToken);
        await issue.RunAsync(transaction, billed, now, cancellationToken);
        await runs.CountAsync(transaction, run, billed.Length, plan.Existing.Count, parked, cancellationToken);
        return parked.Length;
    }

    // Everybody here is busy: whoever has time takes the next message.
    private async Task HandOnAsync(TenantId tenant, Guid run, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await transaction.SendAsync(Topology.BillingRunPages, [new BillingRunPage(run)], time.GetUtcNow(), availableAt: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ParkAsync(TenantId tenant, Guid run, DueAgreement poisoned, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        // Another worker may have met the same one. No line of history: it may be what the database refused.
        if (await agreements.AdvanceAsync(transaction, run, [new Advance(poisoned.SubscriptionId, Next: null, reason)], now, cancellationToken) == 0)
            return;
        await runs.CountAsync(
            transaction, run, created: 0, existing: 0, [new ParkedBill(poisoned.SubscriptionId, poisoned.NextBillingAt, reason)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Parked.Add(1);
    }

    // Values that do not fit, rules that they break, exceptions of triggers; not deadlocks, lost connections and the like, which pass.
    internal static bool IsAboutData(Exception refusal) => refusal switch
    {
        PostgresException refused => refused.IsOfTheData() || refused.SqlState == PostgresErrorCodes.RaiseException,
        ArgumentException or FormatException or InvalidCastException or OverflowException => true,
        _ => false,
    };

    // After the last of the page before: what is billed leaves dead rows in the index, and each page would look through those of all before it.
    private sealed record Page(Guid Run, int Size, DueAgreement? After, bool Looks, bool HandsOver)
    {
        public IReadOnlyList<DueAgreement> Taken { get; set; } = [];
    }

    [LoggerMessage(LogLevel.Warning, "A page of {Count} subscriptions of billing run {Run} was refused; a smaller one is tried.")]
    private partial void LogRefusal(Exception exception, int count, Guid run);
}
