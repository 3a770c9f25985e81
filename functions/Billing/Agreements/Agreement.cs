using System.Text.Json;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>What a subscription owes from its next renewal on.</summary>
/// <param name="NextBill">The exact next bill as JSON, where it is not a whole period at the price.</param>
public sealed record Agreement(
    Guid SubscriptionId, Guid UserId, string TierCode, string TierName, string BillingCycle, int AnchorDay, string Currency, decimal Price,
    DateTimeOffset? NextBillingAt, string? NextBill)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Agreement Of(SubscriptionTermsChanged terms) => new(
        terms.SubscriptionId, terms.UserId, terms.Tier, terms.TierName, terms.Cycle, terms.AnchorDay, terms.Price.Currency.Code, terms.Price.Amount,
        terms.NextBillingAt, terms.Next is { } next ? Write(next) : null);

    public static string Write(RenewalBill bill) => JsonSerializer.Serialize(bill, Json);

    /// <summary>The bills that follow as things stand, from the next one on.</summary>
    /// <exception cref="CompositionException">What is stored makes no bill.</exception>
    public IEnumerable<RenewalBill> Following()
    {
        if (NextBillingAt is not { } start)
            yield break;

        for (var exact = NextBill; ; exact = null)
        {
            var bill = exact is null ? Whole(start) : Exact(exact, start);
            yield return bill;
            start = bill.PeriodEnd;
        }
    }

    public Bill ToInvoice(RenewalBill bill) => new(
        UserId, SubscriptionId, RenewalCharge.IdOf(SubscriptionId, bill.PeriodStart), TierCode, bill.PeriodStart, bill.PeriodEnd, bill.Lines,
        IsRenewal: true);

    private RenewalBill Whole(DateTimeOffset start)
    {
        if (!Shared.Finance.Currency.TryParse(Currency, out var currency))
            throw new CompositionException($"Its currency '{Currency}' is not one that is billed.");

        var cadence = BillingCycle == "yearly" ? Cadence.Yearly : Cadence.Monthly;
        var period = BusinessCalendar.PeriodFrom(start, cadence, AnchorDay);
        var price = Money.Rounded(Price, currency);
        return new RenewalBill(
            period.Start, period.End,
            [
                new ChargeLine(
                    RenewalCharge.Describe(TierName, BillingCycle, period.Start, period.End), 1, price, price, period.Start, period.End),
            ]);
    }

    private static RenewalBill Exact(string text, DateTimeOffset start)
    {
        try
        {
            return JsonSerializer.Deserialize<RenewalBill>(text, Json) is { Lines.Count: > 0 } bill && bill.PeriodStart == start && bill.PeriodEnd > start
                ? bill
                : throw new CompositionException("Its next bill is not for its next period.");
        }
        catch (JsonException unreadable)
        {
            throw new CompositionException($"Its next bill cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
