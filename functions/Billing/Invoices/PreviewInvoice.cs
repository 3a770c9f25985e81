using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record PreviewInvoiceRequest
{
    [Required]
    public Guid? UserId { get; init; }

    [Required, StringLength(3, MinimumLength = 3)]
    public string Currency { get; init; } = "";

    /// <summary>Amounts before tax; a credit is negative.</summary>
    [Required, MaxLength(100)]
    public decimal[] Lines { get; init; } = [];

    /// <summary>The tier of the subscription that they are for, where they are a period that coupons are taken off.</summary>
    [StringLength(50)]
    public string? Tier { get; init; }

    public Guid? SubscriptionId { get; init; }

    /// <summary>The charge that credits among them give back: no more of it than was paid and is left.</summary>
    public Guid? CreditedChargeId { get; init; }

    /// <summary>When it would be made, if not now: it is taxed by the rate of that day.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>What an invoice over such lines would come to, and the credit that is left after it.</summary>
/// <param name="Lines">The amounts as they would stand on it, in the order of the request.</param>
/// <param name="Net">Their sum.</param>
/// <param name="Discount">What coupons take off.</param>
public sealed record BillPreview(
    IReadOnlyList<Money> Lines, Money Net, Money Discount, Money CreditUsed, Money Tax, Money Total, Money CreditAfter);

/// <summary>Says what an invoice would come to by composing it as issuing does; nothing of it is kept.</summary>
public sealed class PreviewInvoice(Database database, ComposeBills compose, GiveBack giveBack, LowerOpen lower, CreditStore credits, BillingTime time)
{
    public async Task<BillPreview> RunAsync(TenantId tenant, PreviewInvoiceRequest request, CancellationToken cancellationToken)
    {
        if (!Currency.TryParse(request.Currency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");

        try
        {
            return await ComposeAsync(tenant, request, currency, cancellationToken);
        }
        catch (Exception impossible) when (impossible is CompositionException or ArgumentOutOfRangeException or OverflowException)
        {
            throw ProblemException.Unprocessable("NO_INVOICE", $"Lines, tax and credit come to more than {Money.Largest}, the most a ledger can hold.");
        }
    }

    private async Task<BillPreview> ComposeAsync(
        TenantId tenant, PreviewInvoiceRequest request, Currency currency, CancellationToken cancellationToken)
    {
        var (user, nothing) = (request.UserId!.Value, Money.Zero(currency));
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var lines = await giveBack.ValueAsync(
            [.. request.Lines.Select(amount => Money.Rounded(amount, currency)).Select(amount => new ChargeLine("", 1, amount, amount))],
            request.CreditedChargeId, transaction, cancellationToken);
        var amounts = lines.Select(line => line.Amount).ToList();
        var net = amounts.Aggregate(nothing, (sum, amount) => sum + amount);
        var balance = await credits.FindBalanceAsync(transaction, user, currency, cancellationToken);
        if (net <= nothing)
        {
            // What is open of the charge takes its part of what is given back of it.
            var lowered = request.CreditedChargeId is { } charge ? await lower.MeasureAsync(transaction, charge, -net, cancellationToken) : nothing;
            return new BillPreview(amounts, net, nothing, nothing, nothing, nothing, balance - net - lowered);
        }

        var bill = new Bill(
            user, request.SubscriptionId, ChargeId: null, request.Tier, PeriodStart: null, PeriodEnd: null, lines, TakesCoupons: request.Tier is not null);
        var now = time.GetUtcNow();
        var composed = (await compose.RunAsync(transaction, [bill], request.At is { } at && at > now ? at : now, cancellationToken))[0];
        var composition = composed.Composition ?? throw new CompositionException(composed.Refusal!);
        return new BillPreview(
            amounts, net, composition.Discount, composition.CreditUsed, composition.Totals.Tax, composition.Totals.Total,
            balance - composition.CreditUsed);
    }
}
