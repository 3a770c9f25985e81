using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Users.Me;

public sealed class AccountCleanupTimer(ForgetAccounts forget)
{
    [Function("CleanUpAccounts")]
    public Task Run([TimerTrigger("%ACCOUNT_CLEANUP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) => forget.RunAsync(cancellationToken);
}
