using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed class RenewalTimer(RenewSubscriptions renew, TellTerms tell)
{
    [Function("RenewSubscriptions")]
    public async Task Run([TimerTrigger("%SUBSCRIPTION_RENEWAL_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await renew.RunAsync(cancellationToken);
        await tell.RunAsync(cancellationToken);
    }
}
