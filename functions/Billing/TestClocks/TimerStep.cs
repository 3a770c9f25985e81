namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>What the timers of Billing do for a tenant, in the order in which they do it where they fall on the same moment.</summary>
public enum TimerWork
{
    Bill,
    Dun,
    Remind,
}

/// <summary>A moment at which timers run.</summary>
public sealed record TimerStep(DateTimeOffset At, IReadOnlyList<TimerWork> Work);

/// <param name="Bills">Something is to be billed, or a run was left behind.</param>
/// <param name="Unpaid">An invoice is open: it may be overdue, or a reminder due.</param>
/// <param name="Money">A saved method is to be charged, or a refund to be sent.</param>
public sealed record DueWork(bool Bills, bool Unpaid, bool Money)
{
    public bool HasAny(TimerWork work) => work == TimerWork.Bill ? Bills : Unpaid;
}
