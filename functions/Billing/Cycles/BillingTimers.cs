using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>The first of the month, and every day for what falls due on other days or was missed: both bill whatever is due.</summary>
public sealed class BillingTimers(StartBillingRun start)
{
    [Function("RunMonthlyBilling")]
    public Task RunMonthly([TimerTrigger("%BILLING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        start.RunAcrossTenantsAsync(RunTrigger.Monthly, cancellationToken);

    [Function("RunDailyBilling")]
    public Task RunDaily([TimerTrigger("%BILLING_CATCH_UP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        start.RunAcrossTenantsAsync(RunTrigger.Daily, cancellationToken);
}
