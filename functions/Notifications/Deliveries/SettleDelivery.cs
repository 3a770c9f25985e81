using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Writes down what became of a notification. The queue message is done in any case; what comes back gets a new one with the row.</summary>
public sealed partial class SettleDelivery(
    Database database, Claims claims, ClaimStore store, CloseChat closeChat, SendLimiter limiter, TimeProvider time, ILogger<SettleDelivery> logger)
{
    /// <summary>Nothing was called: it comes back at that time, or has failed when that is too late.</summary>
    public async Task PutOffAsync(TenantId tenant, Delivery delivery, DateTimeOffset until, string reason, CancellationToken cancellationToken)
    {
        if (until >= delivery.ExpiresAt)
        {
            await EndAsync(tenant, delivery, DeliveryStatus.Failed, Reasons.Expired, $"It was not sent in time. {reason}", cancellationToken);
            return;
        }

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await PutBackAsync(transaction, delivery, new NextStep.Again(until, reason, Counts: false), isUnknown: false, skip: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Puts it off after a failure that may well be the database's own.</summary>
    public Task GiveBackAsync(TenantId tenant, Delivery delivery, NextStep.Again again) =>
        PersistAsync(delivery, () => PutOffAsync(tenant, delivery, again.At, again.Reason, CancellationToken.None));

    /// <summary>Nothing was called, and nothing will be.</summary>
    public async Task EndAsync(
        TenantId tenant, Delivery delivery, DeliveryStatus status, string code, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await store.MarkEndedAsync(transaction, delivery, status, new NextStep.GivenUp(code, reason, Counts: false), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        DeliveryMetrics.OnEnded(delivery.Type, code);
    }

    internal async Task AfterCallAsync(TenantId tenant, Delivery delivery, Channel channel, Composed message, SendOutcome outcome, NextStep next)
    {
        var now = time.GetUtcNow();
        var call = Guid.CreateVersion7(now);
        if (next is NextStep.Done done)
        {
            var sent = new SentDelivery(
                delivery.Id, delivery.Type == TemplateCatalog.Digest, call, channel, done.ProviderMessageId, message.Kept, message.Version, now);
            await PersistAsync(delivery, () => claims.MarkSentAsync(tenant, sent));
            DeliveryMetrics.OnSent(delivery, channel, now);
            return;
        }

        if (outcome is SendOutcome.Throttled)
            DeliveryMetrics.OnThrottled(channel);
        // Before the message goes back: whoever comes next must find the pause.
        if (channel is Channel.Telegram called)
            await limiter.HeedAsync(called.Bot, called.Chat, outcome);
        await PersistAsync(delivery, () => SettleAsync(tenant, delivery, call, channel, outcome, next, now, CancellationToken.None));
        if (next is NextStep.GivenUp givenUp)
            DeliveryMetrics.OnEnded(delivery.Type, givenUp.Code);
    }

    // Done twice, because its commit went through unseen, it changes nothing more.
    private async Task SettleAsync(
        TenantId tenant, Delivery delivery, Guid call, Channel channel, SendOutcome outcome, NextStep next, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var (counts, reason) = next switch
        {
            NextStep.Again back => (back.Counts, back.Reason),
            NextStep.GivenUp end => (end.Counts, end.Reason),
            _ => throw new ArgumentOutOfRangeException(nameof(next), next, "What is done is marked as sent."),
        };
        await store.NoteCallAsync(transaction, delivery.Id, call, channel, outcome.GetType().Name, counts, reason, now, cancellationToken);
        if (outcome is SendOutcome.RecipientGone gone && channel is Channel.Telegram chat)
            await closeChat.RunAsync(
                transaction, delivery.UserId, chat.Bot, chat.Chat, gone.ForGood ? ChatClosing.Gone : ChatClosing.Blocked, told: null, now, cancellationToken);
        if (next is NextStep.Again again)
            await PutBackAsync(
                transaction, delivery, again, outcome is SendOutcome.Unknown,
                // The chat is closed by now and needs no mark; a mailbox has no other.
                outcome is SendOutcome.RecipientGone && channel is Channel.Email ? channel.Name : null, cancellationToken);
        else if (next is NextStep.GivenUp givenUp)
            await store.MarkEndedAsync(transaction, delivery, DeliveryStatus.Failed, givenUp, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task PutBackAsync(
        TenantTransaction transaction, Delivery delivery, NextStep.Again again, bool isUnknown, string? skip, CancellationToken cancellationToken)
    {
        if (await store.MarkRetryingAsync(transaction, delivery, again, isUnknown, skip, cancellationToken))
            await transaction.EnqueueAsync(delivery.Priority, [delivery.Id], time.GetUtcNow(), again.At, cancellationToken);
    }

    // Who gives up here leaves the claim to run out, and the notification is then treated as if its sender had died during the call.
    private async Task PersistAsync(Delivery delivery, Func<Task> write)
    {
        var begun = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception exception) when (SettlePatience.Pause(exception, tries, time.GetElapsedTime(begun)) is { } pause)
            {
                await Task.Delay(pause, time);
            }
            catch (Exception exception)
            {
                LogLost(exception, delivery.Type, delivery.Id);
                throw;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "What became of {Type} {NotificationId} could not be written down: from now on its call counts as broken off.")]
    private partial void LogLost(Exception exception, string type, Guid notificationId);
}
