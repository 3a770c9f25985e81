using ServerlessBusiness.Shared.Finance;

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
public sealed record Charge(
    Guid Id, Guid SubscriptionId, Guid TierId, string Reason, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Currency,
    decimal Charged, decimal Credited, decimal Credit, ChargeStatus Status, decimal UsdRate)
{
    /// <summary>What could still be given back of it.</summary>
    public Money Left => new(Status == ChargeStatus.Paid ? Charged - Credited : 0, Shared.Finance.Currency.Parse(Currency));

    /// <summary>What it brings in, or takes away, in USD.</summary>
    public decimal RevenueUsd => decimal.Round((Charged - Credit) * UsdRate, 2, MidpointRounding.AwayFromZero);

    public bool IsUnpaid => Status is ChargeStatus.Open or ChargeStatus.Overdue;
}
