using System.ComponentModel.DataAnnotations;
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
}

/// <summary>What an invoice over such lines would come to, and the credit that is left after it.</summary>
public sealed record BillPreview(Money Net, Money CreditUsed, Money Tax, Money Total, Money CreditAfter);

/// <summary>Says what an invoice would come to, with the sums that issuing one uses.</summary>
public sealed class PreviewInvoice(Database database, TaxStore taxation, CreditStore credits, BillingTime time)
{
    public async Task<BillPreview> RunAsync(TenantId tenant, PreviewInvoiceRequest request, CancellationToken cancellationToken)
    {
        if (!Currency.TryParse(request.Currency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");

        await using var connection = database.Open(tenant);
        var taxes = await taxation.ListRulesAsync(connection, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken);
        var balance = await credits.FindBalanceAsync(connection, request.UserId!.Value, currency, cancellationToken);
        try
        {
            return Of(Money.Rounded(request.Lines.Sum(), currency), balance, taxes[currency.Code]);
        }
        catch (Exception impossible) when (impossible is CompositionException or ArgumentOutOfRangeException or OverflowException)
        {
            throw ProblemException.Unprocessable("NO_INVOICE", $"Lines, tax and credit come to more than {Money.Largest}, the most a ledger can hold.");
        }
    }

    public static BillPreview Of(Money sum, Money balance, TaxRule tax)
    {
        var nothing = Money.Zero(sum.Currency);
        if (sum <= nothing)
            return new BillPreview(sum, nothing, nothing, nothing, balance - sum);

        var composed = Composition.Of([new ChargeLine("", 1, sum, sum)], [], balance, tax);
        var totals = composed.Totals;
        return new BillPreview(sum, composed.CreditUsed, totals.Tax, totals.Total, balance - composed.CreditUsed);
    }
}
