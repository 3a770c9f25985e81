using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>A call that is judged, composed and has its turn: what is left is to make it.</summary>
internal sealed record ReadyCall(NotificationType Type, Verdict.Send Way, Composed Message);

/// <summary>Does everything that comes before the call to a provider. What is not to be called for now is settled here.</summary>
public sealed class PrepareCall(
    ClaimStore store, SettleDelivery settle, GatherDigest gather, ComposeMessage compose, ReadDigest readDigest, WaitingRoom waitingRoom,
    MailPause mailPause, TelegramPause telegramPause, TenantDirectory tenants, TimeProvider time)
{
    /// <summary>Null when there is nothing to call for now.</summary>
    internal async Task<ReadyCall?> RunAsync(TenantId tenant, Delivery delivery, CancellationToken cancellationToken)
    {
        var type = TemplateCatalog.Get(delivery.Type);
        var zone = LocalTimes.FindZone(delivery.TimeZone)
            ?? LocalTimes.FindZone((await tenants.FindAsync(tenant, cancellationToken))?.TimeZone) ?? TimeZoneInfo.Utc;
        if (await JudgeAsync(tenant, delivery, type, zone) is not { } send)
            return null;
        if (send.Channel is Channel.Telegram chat)
        {
            // It takes no place in line and nothing of the bot's budget.
            if (telegramPause.Left is { } left)
            {
                await PauseAsync(tenant, delivery, chat, left);
                return null;
            }

            if (await TakeTurnAsync(tenant, delivery, chat, cancellationToken) is not { } inTurn)
                return null;
            // While it stood in line its user may have changed his wishes or closed the chat.
            if (!ReferenceEquals(inTurn, delivery))
            {
                if (await JudgeAsync(tenant, inTurn, type, zone) is not { } again)
                    return null;
                if (again.Channel != send.Channel)
                {
                    await settle.PutOffAsync(tenant, inTurn, time.GetUtcNow(), "The way to the user changed before its turn.", CancellationToken.None);
                    return null;
                }

                (delivery, send) = (inTurn, again);
            }
        }

        return await ComposeAsync(tenant, delivery, type, zone, send, cancellationToken);
    }

    // Whether and how it may be sent at this moment; what is not to be sent is settled.
    private async Task<Verdict.Send?> JudgeAsync(TenantId tenant, Delivery delivery, NotificationType type, TimeZoneInfo zone)
    {
        switch (Verdict.Of(delivery, type, zone, time.GetUtcNow()))
        {
            case Verdict.Send send:
                return send;
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

        return null;
    }

    private async Task<ReadyCall?> ComposeAsync(
        TenantId tenant, Delivery delivery, NotificationType type, TimeZoneInfo zone, Verdict.Send send, CancellationToken cancellationToken)
    {
        ProviderPause pause = send.Channel is Channel.Email ? mailPause : telegramPause;
        if (pause.TryEnter() is { } left)
        {
            await PauseAsync(tenant, delivery, send.Channel, left);
            return null;
        }

        var items = delivery.Type == TemplateCatalog.Digest
            ? await readDigest.RunAsync(tenant, delivery, send.Channel, cancellationToken)
            : DigestItems.None;
        if (delivery.Type == TemplateCatalog.Digest && items.Count == 0)
        {
            await settle.EndAsync(
                tenant, delivery, DeliveryStatus.Suppressed, Reasons.NothingToTell, "Nothing is left to tell in it.", CancellationToken.None);
            return null;
        }

        if (await compose.RunAsync(tenant, delivery, zone, items, cancellationToken) is { } message)
            return new ReadyCall(type, send, message);
        await settle.EndAsync(
            tenant, delivery, DeliveryStatus.Failed, Reasons.Unreadable, "Its text cannot be made: a value is missing, or a secret was sealed with another key.",
            CancellationToken.None);
        return null;
    }

    private Task PauseAsync(TenantId tenant, Delivery delivery, Channel channel, TimeSpan left) => settle.PutOffAsync(
        tenant, delivery, time.GetUtcNow() + left,
        channel is Channel.Email
            ? "The mail server did not answer, and mails pause for a while."
            : "Telegram did not answer, and messages to it pause for a while.",
        CancellationToken.None);

    // The notification when the bot may write now, as it is after a wait; else it is put off until it may.
    private async Task<Delivery?> TakeTurnAsync(TenantId tenant, Delivery delivery, Channel.Telegram chat, CancellationToken cancellationToken)
    {
        var turn = await waitingRoom.TryEnterAsync(chat.Bot, chat.Chat, delivery.Priority);
        var waits = turn is not { } found || WaitingRoom.IsSoonOver(found, delivery.Priority);
        if (waits)
        {
            // Who waits does not call: should this process die meanwhile, nothing has been sent.
            if (!await store.SetWaitingAsync(tenant, delivery, time.GetUtcNow(), cancellationToken))
                return null;
            turn = await waitingRoom.WaitAsync(chat.Bot, chat.Chat, delivery.Priority, turn, cancellationToken);
        }

        if (turn is { IsGranted: false } refused)
        {
            var refusal = TurnRefusal.Of(refused);
            await settle.PutOffAsync(tenant, delivery, time.GetUtcNow() + refusal.Wait, refusal.Reason, CancellationToken.None);
            return null;
        }

        return waits ? await store.SetCallingAsync(tenant, delivery, time.GetUtcNow(), cancellationToken) : delivery;
    }
}
