using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications;

/// <summary>Hears what happened in the other services and tells the users it concerns.</summary>
public sealed class BusinessEventsListener(
    Inbox inbox, PreferenceStore preferences, Announce announce, FollowTier followTier, ForgetUser forget, TimeProvider time)
{
    [Function("BusinessEvents")]
    public Task Handle(
        [ServiceBusTrigger(Topology.BusinessEvents, "notifications", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            async (envelope, fact, transaction) =>
            {
                var now = time.GetUtcNow();
                if (fact is UserRegistered user)
                    await preferences.IntroduceAsync(transaction, user, now, cancellationToken);
                if (fact is UserDeleted deleted)
                    await forget.RunAsync(transaction, deleted.UserId, now, cancellationToken);
                if (Announcement.Of(fact, envelope.OccurredAt) is { } announcement)
                    await announce.RunAsync(transaction, announcement, now, cancellationToken);
                await followTier.RunAsync(transaction, fact, now, cancellationToken);
            },
            cancellationToken);
}
