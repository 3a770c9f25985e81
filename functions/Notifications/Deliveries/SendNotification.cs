using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Sends one notification, once: only the sender that claims its row calls a provider.</summary>
public sealed partial class SendNotification(
    Claims claims, ClaimStore store, SettleDelivery settle, GatherDigest gather, ComposeMessage compose, DigestStore digests, WaitingRoom waitingRoom,
    TelegramSender telegram, MailSender mail, TenantDirectory tenants, TimeProvider time, ILogger<SendNotification> logger)
{
    public async Task RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await claims.TakeAsync(tenant, id) is not { } delivery)
            return;

        var type = TemplateCatalog.Get(delivery.Type);
        var zone = LocalTimes.FindZone(delivery.TimeZone)
            ?? LocalTimes.FindZone((await tenants.FindAsync(tenant, cancellationToken))?.TimeZone) ?? TimeZoneInfo.Utc;
        switch (Verdict.Of(delivery, type, zone, time.GetUtcNow()))
        {
            case Verdict.Send send:
                await SendAsync(tenant, delivery, type, zone, send, cancellationToken);
                break;
            case Verdict.Wait wait:
                await settle.PutOffAsync(tenant, delivery, wait.Until, wait.Reason, CancellationToken.None);
                break;
            case Verdict.Gather(var at):
                await gather.RunAsync(tenant, delivery, at, CancellationToken.None);
                break;
            case Verdict.Refuse refusal:
                await settle.EndAsync(
                    tenant, delivery, refusal.ByUser ? DeliveryStatus.Suppressed : DeliveryStatus.Failed, refusal.Code, refusal.Reason, CancellationToken.None);
                break;
        }
    }

    private async Task SendAsync(
        TenantId tenant, Delivery delivery, NotificationType type, TimeZoneInfo zone, Verdict.Send send, CancellationToken cancellationToken)
    {
        if (send.Channel is Channel.Telegram chat && !await TakeTurnAsync(tenant, delivery, chat, cancellationToken))
            return;
        if (delivery.Type == TemplateCatalog.Digest && !await HasItemsAsync(tenant, delivery, cancellationToken))
        {
            await settle.EndAsync(
                tenant, delivery, DeliveryStatus.Suppressed, Reasons.NothingToTell, "Nothing is left to tell in it.", CancellationToken.None);
            return;
        }

        if (await compose.RunAsync(tenant, delivery, zone, cancellationToken) is not { } message)
        {
            await settle.EndAsync(
                tenant, delivery, DeliveryStatus.Failed, Reasons.Unreadable, "Its text cannot be made: a value is missing, or a secret was sealed with another key.",
                CancellationToken.None);
            return;
        }

        var outcome = send.Channel switch
        {
            Channel.Telegram to => await telegram.SendAsync(to.Bot, to.Chat, message.Html, cancellationToken),
            Channel.Email box => await mail.SendAsync(tenant, delivery, type, box.Address, message, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(send), send.Channel, "There is no sender for this channel."),
        };
        var situation = new CallSituation(
            type, delivery.Attempts, delivery.MaxAttempts, send.HasOtherChannel, delivery.CreatedAt, delivery.ExpiresAt);
        var next = NextStep.After(outcome, situation, Random.Shared.NextDouble(), time.GetUtcNow());
        LogOutcome(delivery.Type, delivery.Id, send.Channel.Name, outcome.GetType().Name, next.GetType().Name);

        // The call is made: what came of it is kept even when the host is about to stop.
        await settle.AfterCallAsync(tenant, delivery, send.Channel, message, outcome, next, CancellationToken.None);
    }

    // What was held is judged once more: wishes change, and its time passes.
    private async Task<bool> HasItemsAsync(TenantId tenant, Delivery digest, CancellationToken cancellationToken)
    {
        var unwanted = TypeSwitches.Unwanted(
            digest.Active ?? true, TypeSwitches.Read(digest.NotificationTypes ?? "{}"), TypeSwitches.ReadChannels(digest.ChannelSwitches ?? "{}"));
        await digests.DropAsync(tenant, digest.Id, unwanted, time.GetUtcNow(), cancellationToken);
        return (await digests.ListAsync(tenant, digest.Id, cancellationToken)).Count > 0;
    }

    // True when the bot may write now; else the notification is put off until it may.
    private async Task<bool> TakeTurnAsync(TenantId tenant, Delivery delivery, Channel.Telegram chat, CancellationToken cancellationToken)
    {
        var waits = false;
        var turn = await waitingRoom.TryEnterAsync(chat.Bot, chat.Chat, delivery.Priority);
        if (turn is null)
        {
            // Who waits does not call: should this process die meanwhile, nothing has been sent.
            waits = true;
            if (!await store.SetCallingAsync(tenant, delivery.Id, calling: false, time.GetUtcNow(), cancellationToken))
                return false;
            turn = await waitingRoom.WaitAsync(chat.Bot, chat.Chat, delivery.Priority, cancellationToken);
        }

        if (turn is { IsGranted: false } refused)
        {
            var refusal = TurnRefusal.Of(refused);
            await settle.PutOffAsync(tenant, delivery, time.GetUtcNow() + refusal.Wait, refusal.Reason, counted: !waits, CancellationToken.None);
            return false;
        }

        return !waits || await store.SetCallingAsync(tenant, delivery.Id, calling: true, time.GetUtcNow(), cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Type} {NotificationId} by {Channel}: {Outcome}, {Next}.")]
    private partial void LogOutcome(string type, Guid notificationId, string channel, string outcome, string next);
}
