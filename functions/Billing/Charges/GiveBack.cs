using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Charges;

/// <summary>Sees to it that nobody gets more back of a charge than he has paid of it, whichever way it comes back.</summary>
public sealed class GiveBack(ChargeCreditStore charges, CreditStore credits, HistoryStore history)
{
    /// <summary>The lines of a charge with what they are worth, and keeps what they take back; null when that was done before.</summary>
    public async Task<IReadOnlyList<ChargeLine>?> TakeAsync(
        SubscriptionChargeDue due, Guid credited, TenantTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Whoever writes a note on its invoice, or moves its payment, waits.
        await charges.LockChainAsync(transaction, credited, cancellationToken);
        if (await charges.IsKeptAsync(transaction, due.ChargeId, cancellationToken))
            return null;
        if (due.ReplacedChargeId == credited)
            await charges.ReleaseAsync(transaction, credited, cancellationToken);
        else if (due.ReplacedChargeId is { } replaced)
            await charges.ReplaceAsync(transaction, replaced, credited, now, cancellationToken);

        var lines = await ValueAsync(due.Lines, credited, transaction, cancellationToken);
        await charges.InsertAsync(
            transaction,
            new ChargeCredit(
                due.ChargeId, credited, -lines.Sum(line => Math.Min(0, line.Amount.Amount)), lines.Sum(line => Math.Max(0, line.Amount.Amount))),
            now, cancellationToken);
        return lines;
    }

    /// <summary>What lines that take something back of a charge are worth.</summary>
    public async Task<IReadOnlyList<ChargeLine>> ValueAsync(
        IReadOnlyList<ChargeLine> lines, Guid? credited, TenantTransaction transaction, CancellationToken cancellationToken) =>
        credited is { } charge && lines is [var first, ..]
            && await FindWorthAsync(transaction, charge, first.Amount.Currency, cancellationToken) is { } worth
            ? worth.Limit(lines)
            : lines;

    /// <summary>What there is to give back of an invoice.</summary>
    public async Task<Money> FindLeftAsync(TenantTransaction transaction, Invoice invoice, CancellationToken cancellationToken)
    {
        var books = await charges.FindOfInvoiceAsync(transaction, invoice.Id, cancellationToken);
        return invoice.Money((await WorthAsync(transaction, books, invoice.Total.Currency, cancellationToken)).Left);
    }

    /// <summary>
    /// Money has left an invoice, or nobody owes it any more: what later charges had given back of it is its payer's twice, and leaves the balance as far
    /// as it is there.
    /// </summary>
    public async Task TakeDoubledAsync(
        TenantTransaction transaction, Invoice invoice, CreditSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (invoice.ChargeId is null)
            return;
        var books = await charges.FindOfInvoiceAsync(transaction, invoice.Id, cancellationToken);
        var doubled = invoice.Money((await WorthAsync(transaction, books, invoice.Total.Currency, cancellationToken)).Doubled);
        if (doubled.IsZero)
            return;

        var taken = await credits.TakeAsync(
            transaction, invoice.UserId, doubled, $"given back twice: invoice {invoice.InvoiceNumber}", source with { Invoice = invoice.Id }, now,
            cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "credit_taken_back",
            new { invoiceId = invoice.Id, invoice.InvoiceNumber, amount = taken, spent = doubled - taken }, now, cancellationToken);
    }

    private async Task<ChargeWorth?> FindWorthAsync(
        TenantTransaction transaction, Guid charge, Currency currency, CancellationToken cancellationToken) =>
        await charges.FindAsync(transaction, charge, cancellationToken) is { } books
            ? await WorthAsync(transaction, books, currency, cancellationToken)
            : null;

    // A charge may have taken over what was paid for the one before it, and that one likewise.
    private async Task<ChargeWorth> WorthAsync(
        TenantTransaction transaction, ChargeBooks books, Currency currency, CancellationToken cancellationToken)
    {
        var before = books.EarlierCharge is { } earlier ? await FindWorthAsync(transaction, earlier, currency, cancellationToken) : null;
        return ChargeWorth.Of(books, before?.Coverage ?? 1, currency);
    }
}
