using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Billing.Dunning;

public sealed class DunningTimers(RunDunning dunning, RemindUnpaid remind)
{
    /// <summary>Every day. Reminders that a Monday missed are caught up with.</summary>
    [Function("RunDunning")]
    public async Task Overdue([TimerTrigger("%OVERDUE_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await dunning.RunAsync(cancellationToken);
        await remind.RunAsync(cancellationToken);
    }

    /// <summary>On Mondays. What has a step of its own today is told by that, not reminded of beside it.</summary>
    [Function("RemindUnpaid")]
    public Task Remind([TimerTrigger("%REMINDER_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) => Overdue(timer, cancellationToken);
}
