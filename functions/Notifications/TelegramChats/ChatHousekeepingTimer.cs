using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Deletes the ids of updates that Telegram will not repeat any more, and start links that nobody can use.</summary>
public sealed class ChatHousekeepingTimer(TelegramUpdateStore updates, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    [Function("ChatHousekeeping")]
    public Task Run([TimerTrigger("%HOUSEKEEPING_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        updates.ForgetAcrossTenantsAsync(time.GetUtcNow() - Kept, cancellationToken);
}
