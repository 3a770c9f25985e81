using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Sends one notification, once: only the sender that claims its row calls a provider.</summary>
public sealed partial class SendNotification(
    Claims claims, PrepareCall prepare, SettleDelivery settle, TelegramSender telegram, MailSender mail, TimeProvider time, ILogger<SendNotification> logger)
{
    public async Task RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await claims.TakeAsync(tenant, id) is not { } delivery)
            return;

        ReadyCall? call;
        try
        {
            call = await prepare.RunAsync(tenant, delivery, cancellationToken);
        }
        catch (Exception exception)
        {
            // Whatever it was, no call was made: it goes back as it came. Left claimed, it would be taken for a call that broke off.
            LogUnprepared(exception, delivery.Type, delivery.Id);
            await settle.GiveBackAsync(tenant, delivery, NextStep.AfterMishap(exception, time.GetUtcNow()));
            return;
        }

        if (call is not null)
            await CallAsync(tenant, delivery, call);
    }

    // A call that has begun is not broken off when the host is about to stop, and what came of it is kept. It has its own short limits.
    private async Task CallAsync(TenantId tenant, Delivery delivery, ReadyCall call)
    {
        var outcome = call.Way.Channel switch
        {
            Channel.Telegram to => await telegram.SendAsync(to.Bot, to.Chat, call.Message.Html, call.Message.Reference, CancellationToken.None),
            Channel.Email box => await mail.SendAsync(tenant, delivery, call.Type, box.Address, call.Message, CancellationToken.None),
            _ => throw new ArgumentOutOfRangeException(nameof(call), call.Way.Channel, "There is no sender for this channel."),
        };
        var situation = new CallSituation(
            call.Type, delivery.Attempts, delivery.MaxAttempts, call.Way.HasOtherWay, delivery.Since, delivery.ExpiresAt);
        var next = NextStep.After(outcome, situation, Random.Shared.NextDouble(), time.GetUtcNow());
        // What was sent stands in its row, and is counted.
        LogOutcome(
            next is NextStep.Done ? LogLevel.Debug : LogLevel.Information, delivery.Type, delivery.Id, call.Way.Channel.Name, outcome.GetType().Name, next.GetType().Name);
        await settle.AfterCallAsync(tenant, delivery, call.Way.Channel, call.Message, outcome, next);
    }

    [LoggerMessage(LogLevel.Error, "{Type} {NotificationId} goes back to its queue: something failed before it could be sent.")]
    private partial void LogUnprepared(Exception exception, string type, Guid notificationId);

    [LoggerMessage("{Type} {NotificationId} by {Channel}: {Outcome}, {Next}.")]
    private partial void LogOutcome(LogLevel level, string type, Guid notificationId, string channel, string outcome, string next);
}
