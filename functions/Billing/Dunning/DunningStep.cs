namespace ServerlessBusiness.Billing.Dunning;

/// <summary>How a payer is told, from the first notice on.</summary>
public enum Urgency
{
    Notice = 1,
    Reminder = 2,
    LastWarning = 3,
    Suspended = 4,
}

/// <summary>What is done about an overdue invoice now.</summary>
/// <param name="Day">The policy's day; it is not done twice.</param>
/// <param name="Retries">The saved method is charged again.</param>
/// <param name="Tells">The payer hears of it.</param>
public sealed record DunningStep(int Day, Urgency Urgency, bool Retries, bool Tells, bool WritesOff)
{
    public bool Suspends => Urgency == Urgency.Suspended;

    /// <summary>The step that is due, or null. Days that passed while nobody ran are one step, the latest: nobody gets three letters at once.</summary>
    /// <param name="last">The day of the last step; 0 before the first.</param>
    public static DunningStep? Next(DunningPolicy policy, int daysOverdue, int last)
    {
        var due = policy.Days.Where(day => day > last && day <= daysOverdue).ToList();
        if (due.Count == 0)
            return null;

        var day = due[^1];
        var writesOff = day == policy.WriteOffAfterDays;
        var suspendsNow = due.Contains(policy.SuspendAfterDays);
        return new DunningStep(
            day, UrgencyOf(policy, day), due.Any(policy.RetryDays.Contains) && !writesOff, !writesOff || suspendsNow, writesOff);
    }

    /// <summary>How an invoice that has come so far is spoken of.</summary>
    public static Urgency UrgencyOf(DunningPolicy policy, int day)
    {
        if (day >= policy.SuspendAfterDays)
            return Urgency.Suspended;
        if (day <= 1)
            return Urgency.Notice;
        return day >= policy.Days.Last(one => one < policy.SuspendAfterDays) ? Urgency.LastWarning : Urgency.Reminder;
    }
}
