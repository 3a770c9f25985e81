using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.Credits;
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
public sealed class PreviewInvoice(InvoiceStore invoices, CreditStore credits, TimeProvider time)
{
    public async Task<BillPreview> RunAsync(TenantId tenant, PreviewInvoiceRequest request, CancellationToken cancellationToken)
    {
        if (!Currency.TryParse(request.Currency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var rate = await invoices.FindTaxRateAsync(tenant, currency, today, cancellationToken);
        var balance = await credits.FindBalanceAsync(tenant, request.UserId!.Value, currency, cancellationToken);
        return Of(Money.Rounded(request.Lines.Sum(), currency), balance, rate);
    }

    public static BillPreview Of(Money net, Money balance, decimal rate)
    {
        var nothing = Money.Zero(net.Currency);
        if (net <= nothing)
            return new BillPreview(net, nothing, nothing, nothing, balance - net);

        var used = InvoiceTotals.CreditUsed(net, balance);
        var totals = InvoiceTotals.Of([net, -used], rate);
        return new BillPreview(net, used, totals.Tax, totals.Total, balance - used);
    }
}
