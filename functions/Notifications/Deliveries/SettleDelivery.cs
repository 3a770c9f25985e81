using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Writes down what became of a notification. The queue message is done in any case; what comes back gets a new one with the row.</summary>
public sealed class SettleDelivery(
    Database database, Claims claims, ClaimStore store, CloseChat closeChat, SendLimiter limiter, TimeProvider time)
{
    // A database that is away for a moment: until it is back nobody else can put the notification back either.
    private const int MostTries = 5;
    private static readonly TimeSpan TryPause = TimeSpan.FromSeconds(2);

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
    public async Task GiveBackAsync(TenantId tenant, Delivery delivery, NextStep.Again again)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await PutOffAsync(tenant, delivery, again.At, again.Reason, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (NextStep.WillPass(exception) && tries < MostTries)
            {
                await Task.Delay(TryPause);
            }
        }
    }

    public async Task EndAsync(
        TenantId tenant, Delivery delivery, DeliveryStatus status, string code, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await store.MarkEndedAsync(transaction, delivery, status, code, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        DeliveryMetrics.OnEnded(delivery, code);
    }

    internal async Task AfterCallAsync(
        TenantId tenant, Delivery delivery, Channel channel, Composed message, SendOutcome outcome, NextStep next, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (next is NextStep.Done done)
        {
            await claims.MarkSentAsync(tenant, new SentDelivery(delivery.Id, channel, done.ProviderMessageId, message.Kept, message.Version, now));
            DeliveryMetrics.OnSent(delivery, channel, now);
            return;
        }

        if (outcome is SendOutcome.Throttled)
            DeliveryMetrics.OnThrottled(channel);
        // Before the message goes back: whoever comes next must find the pause.
        if (channel is Channel.Telegram called)
            await limiter.HeedAsync(called.Bot, called.Chat, outcome);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await store.NoteCallAsync(transaction, delivery.Id, channel, outcome.GetType().Name, Counts(outcome, next), ReasonOf(next), now, cancellationToken);
        if (outcome is SendOutcome.RecipientGone gone && channel is Channel.Telegram chat)
            await closeChat.RunAsync(
                transaction, delivery.UserId, chat.Bot, chat.Chat, gone.ForGood ? ChatClosing.Gone : ChatClosing.Blocked, now, cancellationToken);
        if (next is NextStep.Again again)
            await PutBackAsync(
                transaction, delivery, again, outcome is SendOutcome.Unknown,
                // The chat is closed by now and needs no mark; a mailbox has no other.
                outcome is SendOutcome.RecipientGone && channel is Channel.Email ? channel.Name : null, cancellationToken);
        else if (next is NextStep.GivenUp givenUp)
        {
            await store.MarkEndedAsync(transaction, delivery, DeliveryStatus.Failed, givenUp.Code, givenUp.Reason, cancellationToken);
            DeliveryMetrics.OnEnded(delivery, givenUp.Code);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task PutBackAsync(
        TenantTransaction transaction, Delivery delivery, NextStep.Again again, bool isUnknown, string? skip, CancellationToken cancellationToken)
    {
        if (await store.MarkRetryingAsync(transaction, delivery, again, isUnknown, skip, cancellationToken))
            await transaction.SendAsync(
                delivery.Priority.Queue(), [new NotificationRequested(delivery.Id)], time.GetUtcNow(), again.At, cancellationToken);
    }

    private static bool Counts(SendOutcome outcome, NextStep next) => next is NextStep.Again again ? again.Counts : outcome is not SendOutcome.Throttled;

    private static string? ReasonOf(NextStep next) => next switch
    {
        NextStep.Again again => again.Reason,
        NextStep.GivenUp givenUp => givenUp.Reason,
        _ => null,
    };
}
