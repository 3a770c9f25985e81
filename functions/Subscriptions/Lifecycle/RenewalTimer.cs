using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed class RenewalTimer(RenewSubscriptions renew)
{
    [Function("RenewSubscriptions")]
    public Task Run([TimerTrigger("%SUBSCRIPTION_RENEWAL_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        renew.RunAsync(cancellationToken);
}
