namespace ServerlessBusiness.Billing.Cycles;

public enum RunTrigger
{
    Monthly,
    Daily,
    Request,
    Clock,
}

public enum RunStatus
{
    Running,
    Completed,
}

/// <summary>What was due at a moment and what became of it: due is created, existing and parked together.</summary>
public sealed record BillingRun(
    Guid Id, RunTrigger Trigger, RunStatus Status, DateTimeOffset AsOf, long Due, long Created, long Existing, long Parked,
    DateTimeOffset StartedAt, DateTimeOffset? CompletedAt);

/// <summary>A subscription that a run put aside.</summary>
public sealed record ParkedBill(Guid SubscriptionId, DateTimeOffset PeriodStart, string Reason);
