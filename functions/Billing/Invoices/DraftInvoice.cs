using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record DraftInvoiceRequest
{
    [Required]
    public Guid? UserId { get; init; }

    [Required, StringLength(3, MinimumLength = 3)]
    public string Currency { get; init; } = "";

    [Required, MinLength(1), MaxLength(100)]
    public DraftLine[] Lines { get; init; } = [];
}

public sealed record DraftLine
{
    [Required, StringLength(500)]
    public string Description { get; init; } = "";

    public decimal Quantity { get; init; } = 1;

    public decimal UnitPrice { get; init; }
}

/// <summary>Makes an invoice that nobody owes yet: it takes no number, no credit and no coupon until it is finalised.</summary>
public sealed class DraftInvoice(
    Database database, InvoiceStore invoices, InvoiceBatchStore batch, TaxStore taxation, RequestStore requests, HistoryStore history, BillingTime time)
{
    // As many as the column of quantities keeps.
    private const int Decimals = 4;

    /// <summary>The same key is the same draft, whatever became of its first answer.</summary>
    public async Task<InvoiceView> RunAsync(
        TenantId tenant, DraftInvoiceRequest request, RequestKey? key, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lines = Lines(request);
        var id = Guid.CreateVersion7(now);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await requests.TakeAsync(transaction, key, id, now, cancellationToken) is { } known)
            return await FindAsync(transaction, known, cancellationToken);
        var taxes = await taxation.ListRulesAsync(transaction, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var composed = Compose(lines, taxes[request.Currency]);
        var totals = composed.Totals;
        var draft = new Invoice(
            id, InvoiceNumber: "", request.UserId!.Value, SubscriptionId: null, PeriodStart: null, PeriodEnd: null,
            totals.Net.Amount, composed.Tax.Rate, totals.Tax.Amount, totals.Total.Amount, request.Currency, InvoiceStatus.Pending, DueDate: now,
            PaidDate: null, PaymentTransactionId: null, now, ChargeId: null, composed.Subtotal.Amount, Discount: 0, composed.Tax.Mode, totals.Net.Amount,
            IsRenewal: false, IsDraft: true);
        await batch.InsertAsync(transaction, [draft], cancellationToken);
        await batch.InsertLinesAsync(transaction, [.. InvoiceLineRow.Of(draft.Id, composed.Lines, now)], cancellationToken);
        // Read in the transaction: whoever holds one connection and waits for another may wait for somebody who does the same.
        var written = await invoices.ListLinesAsync(transaction, draft.Id, cancellationToken);
        await history.AddAsync(
            transaction, draft.UserId, "draft_made", new { invoiceId = id, total = draft.Total, actor }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return InvoiceView.Of(draft, written);
    }

    private async Task<InvoiceView> FindAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        await invoices.FindAsync(transaction, id, cancellationToken) is { } draft
            ? InvoiceView.Of(draft, await invoices.ListLinesAsync(transaction, id, cancellationToken))
            : throw ProblemException.NotFound("DRAFT_NOT_FOUND", "The draft that this made is discarded.");

    private static Composition Compose(IReadOnlyList<ChargeLine> lines, TaxRule tax)
    {
        try
        {
            return Composition.Of(lines, [], Money.Zero(lines[0].Amount.Currency), tax);
        }
        catch (CompositionException refusal)
        {
            throw ProblemException.Unprocessable("NO_INVOICE", refusal.Message);
        }
    }

    /// <exception cref="ProblemException">400 when a line cannot stand on an invoice.</exception>
    private static IReadOnlyList<ChargeLine> Lines(DraftInvoiceRequest request)
    {
        if (!Currency.TryParse(request.Currency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");
        return [.. request.Lines.Select(line => Line(line, currency))];
    }

    private static ChargeLine Line(DraftLine line, Currency currency)
    {
        if (line.Quantity is <= 0 or > 1_000_000 || decimal.Round(line.Quantity, Decimals) != line.Quantity)
            throw ProblemException.Invalid("lines", "INVALID_QUANTITY", "quantity is above 0, at most 1,000,000, with four decimals at most.");
        if (Math.Abs(line.UnitPrice) > 1_000_000_000 || decimal.Round(line.UnitPrice, currency.Exponent) != line.UnitPrice)
            throw ProblemException.Invalid(
                "lines", "INVALID_PRICE", $"unitPrice is at most 1,000,000,000, with {currency.Exponent} decimals at most in {currency}.");
        var price = new Money(line.UnitPrice, currency);
        return new ChargeLine(line.Description, line.Quantity, price, price * line.Quantity);
    }
}
