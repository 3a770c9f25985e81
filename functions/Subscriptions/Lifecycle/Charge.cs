using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum ChargeStatus
{
    Open,
    Overdue,
    Paid,

    /// <summary>Nobody has to pay it any more.</summary>
    Withdrawn,
}

/// <summary>What a subscription was told to pay for a period: the line of its plan, and what it takes back of an earlier one.</summary>
/// <param name="CreditUsdRate">What its currency is worth in USD in the charge of which it takes something back.</param>
/// <param name="Reopenings">How often its invoice was opened again after it was paid, as far as that was heard of.</param>
/// <param name="Discount">What coupons took off it when it was paid.</param>
public sealed record Charge(
    Guid Id, Guid SubscriptionId, Guid TierId, string Reason, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Currency,
    decimal Charged, decimal Credited, decimal Credit, ChargeStatus Status, decimal UsdRate, decimal CreditUsdRate, Guid? CreditedChargeId,
    int Reopenings = 0, decimal Discount = 0)
{
    /// <summary>Instead of how often its invoice was opened again: it counts as paid without one, until Billing says otherwise.</summary>
    public const int NoInvoice = -1;

    /// <summary>Reasons of charges for a period that worked before it was paid.</summary>
    public const string Change = "change", Resume = "resume", Renewal = "renewal";

    /// <summary>
    /// Whether the days that it worked are owed when it is called off before it was paid. A change and a return were asked for, and what was paid once
    /// has worked, whoever took the money back. A renewal comes by itself: on its first day nobody has to have wanted it.
    /// </summary>
    public bool OwesDays(DateTimeOffset now) =>
        Reopenings > 0 || Reason is Change or Resume || (Reason == Renewal && BusinessCalendar.DayOf(PeriodStart).End <= now);

    /// <summary>What could still be given back of it.</summary>
    public Money Left => new(Status == ChargeStatus.Paid ? Charged - Credited : 0, Shared.Finance.Currency.Parse(Currency));

    /// <summary>What it brings in, or takes away, in USD. A currency may be worth more in one tier than in another.</summary>
    public decimal RevenueUsd => Usd(Charged - Discount, UsdRate) - Usd(Credit, CreditUsdRate);

    /// <summary>What could be given back for the days from then on. A charge for another tier, whose own was withdrawn, gives back its own days.</summary>
    public Money LeftFor(Guid tier, DateTimeOffset from)
    {
        var left = Left;
        if (tier == TierId)
            return left;
        var own = Unused(from);
        return own < left ? own : left;
    }

    /// <summary>The part of it that is for the days from then on.</summary>
    public Money Unused(DateTimeOffset from) =>
        Proration.Share(new Money(Charged, Shared.Finance.Currency.Parse(Currency)), from, new Period(PeriodStart, PeriodEnd));

    public bool IsUnpaid => Status is ChargeStatus.Open or ChargeStatus.Overdue;

    private static decimal Usd(decimal amount, decimal rate) => decimal.Round(amount * rate, 2, MidpointRounding.AwayFromZero);
}
