using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Bills what Subscriptions decided. There is no negative invoice: what credits leave over is kept for the next one.</summary>
public sealed class IssueInvoice(
    InvoiceStore invoices, ComposeBills compose, IssueInvoices issue, WithdrawInvoice withdraw, ChargeCreditStore charges, GiveBack giveBack,
    LowerOpen lower, CreditStore credits, CouponStore coupons, HistoryStore history, BillingTime time)
{
    // What was paid of a charge after it had been withdrawn.
    private const string LatePayment = "late_payment";

    // Until the news of an earlier charge, which are on their way, have come.
    private static readonly TimeSpan ForNews = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestForNews = TimeSpan.FromHours(1);

    public async Task RunAsync(SubscriptionCreated created, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (created.ChargeId is { } id)
            await invoices.LockChargeAsync(transaction, id, cancellationToken);
        var isBilled = created.ChargeId is { } charge
            ? await invoices.IsBilledAsync(transaction, charge, cancellationToken)
            : await invoices.IsBilledAsync(transaction, created.SubscriptionId, created.PeriodStart, cancellationToken);
        if (!isBilled)
            await RunAsync(
                new Bill(
                    created.UserId, created.SubscriptionId, created.ChargeId, created.Tier, created.PeriodStart, created.PeriodEnd,
                    created.Lines ?? [Line(created)]),
                transaction, cancellationToken);
    }

    public async Task RunAsync(SubscriptionChargeDue due, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        await invoices.LockChargeAsync(transaction, due.ChargeId, cancellationToken);
        if (due.ReplacedChargeId is { } replaced)
            await invoices.LockChargeAsync(transaction, replaced, cancellationToken);
        // Messages may overtake each other: what was paid of the earlier charge is not known yet.
        if (due.CreditedChargeId is { } earlier && !await charges.IsKnownAsync(transaction, earlier, cancellationToken))
        {
            await PutOffAsync(due, earlier, transaction, cancellationToken);
            return;
        }

        var lines = due.CreditedChargeId is { } credited
            ? await giveBack.TakeAsync(due, credited, transaction, time.GetUtcNow(), cancellationToken)
            : due.Lines;
        if (lines is null)
            return;

        // What the one in whose place it stands had taken of credit and coupons is there for this one. What gives back a payment of that one itself
        // lowers what may be open of it again.
        if (due.ReplacedChargeId is { } withdrawn && withdrawn != due.CreditedChargeId)
            await withdraw.RunAsync(due.SubscriptionId, withdrawn, "the subscription was cancelled", transaction, cancellationToken);
        var sum = Sum(lines);
        if (sum.Amount <= 0)
            await KeepCreditAsync(due, -sum, transaction, cancellationToken);
        else if (!await invoices.IsBilledAsync(transaction, due.ChargeId, cancellationToken))
            await BillAsync(due, lines, transaction, cancellationToken);
    }

    /// <summary>One invoice.</summary>
    /// <exception cref="CompositionException">None can be made of it.</exception>
    public async Task<Invoice> RunAsync(Bill bill, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var composed = await compose.RunAsync(transaction, [bill], now, cancellationToken);
        if (composed[0].Refusal is { } refusal)
            throw new CompositionException(refusal);
        return (await issue.RunAsync(transaction, composed, now, cancellationToken))[0];
    }

    // The message itself says since when, so that one whose news never come ends where somebody sees it.
    private Task PutOffAsync(SubscriptionChargeDue due, Guid earlier, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var (now, since) = (time.RealNow, due.WaitsSince ?? time.RealNow);
        return now - since <= LongestForNews
            ? transaction.SendAsync(Topology.BusinessEvents, [due with { WaitsSince = since }], time.GetUtcNow(), now + ForNews, cancellationToken)
            : throw new InvalidOperationException($"Of charge {earlier}, which charge {due.ChargeId} gives back, nothing has been heard for an hour.");
    }

    private async Task BillAsync(
        SubscriptionChargeDue due, IReadOnlyList<ChargeLine> lines, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var redemptions = due.ReplacedChargeId is { } replaced ? await coupons.ListUsedAsync(transaction, replaced, cancellationToken) : null;
        var bill = new Bill(
            due.UserId, due.SubscriptionId, due.ChargeId, Tier: null, due.PeriodStart, due.PeriodEnd, lines, TakesCoupons: false,
            Redemptions: redemptions);
        var invoice = await RunAsync(bill, transaction, cancellationToken);
        // By its prices it was covered, and so Subscriptions counts it as paid.
        if (invoice.IsPayable && Sum(due.Lines).Amount <= 0)
            await transaction.PublishAsync(invoice.Reopened(), time.GetUtcNow(), cancellationToken);
    }

    private static Money Sum(IReadOnlyList<ChargeLine> lines) => lines.Select(line => line.Amount).Aggregate((sum, amount) => sum + amount);

    private async Task KeepCreditAsync(SubscriptionChargeDue due, Money credit, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Before the balance, like whoever moves one of them.
        var open = due.Reason == LatePayment
            ? await invoices.LockOpenAsync(transaction, due.UserId, due.SubscriptionId, credit.Currency, cancellationToken)
            : [];
        if (credit.IsZero || !await credits.AddAsync(transaction, due.UserId, credit, due.Reason, due.ChargeId, invoice: null, now, cancellationToken))
            return;
        await history.AddAsync(
            transaction, due.UserId, "credit_added", new { due.ChargeId, due.SubscriptionId, amount = credit, due.Reason }, now, cancellationToken);
        if (due.CreditedChargeId is { } credited)
            credit = await lower.RunAsync(transaction, credited, credit, now, cancellationToken);
        // It came for what was withdrawn: what stands in the place of that was billed without it.
        await lower.RunAsync(transaction, open, credit, now, cancellationToken);
    }

    private static ChargeLine Line(SubscriptionCreated created) => new(
        RenewalCharge.Describe(created.TierName, created.Cycle, created.PeriodStart, created.PeriodEnd), 1, created.Price, created.Price,
        created.PeriodStart, created.PeriodEnd);
}
