using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Sends one notification, once: only the sender that claims its row calls a provider.</summary>
public sealed partial class SendNotification(
    Database database, DeliveryStore deliveries, PreferenceStore preferences, TelegramSender telegram, MailSender mail, IOptions<TokenOptions> tokens,
    TimeProvider time, ILogger<SendNotification> logger)
{
    public async Task RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await deliveries.ClaimAsync(tenant, id, now, cancellationToken) is not { } delivery)
            return;

        var channel = delivery.Channel;
        var outcome = Obstacle(delivery, channel, now) ?? await SendAsync(delivery, channel!, cancellationToken);
        var next = NextStep.After(
            outcome, delivery.Attempts, delivery.MaxAttempts, channel is Channel.Telegram && delivery.Email is not null, Random.Shared.NextDouble(),
            time.GetUtcNow(), delivery.ExpiresAt);
        LogOutcome(delivery.Type, id, channel?.Name ?? "none", outcome.GetType().Name, next.GetType().Name);

        // The call is made: what came of it is kept even when the host is about to stop.
        await SettleAsync(tenant, delivery, channel, outcome, next, CancellationToken.None);
    }

    /// <summary>Why nothing can or may be sent, or null when nothing stands in the way.</summary>
    internal static SendOutcome? Obstacle(Delivery delivery, Channel? channel, DateTimeOffset now)
    {
        if (delivery.ExpiresAt <= now)
            return new SendOutcome.Rejected("It was not sent in time.");
        // A mail about an account is nobody's wish: it comes before the account is known here, and cannot be muted.
        if (delivery.RecipientEmail is not null)
            return null;
        // News of a user and of what he did travel side by side and may overtake each other.
        if (!delivery.UserIsKnown)
            return new SendOutcome.NeverSent("The user is not known here yet.");
        if (!TypeSwitches.Wants(TemplateCatalog.Get(delivery.Type), delivery.Active!.Value, TypeSwitches.Read(delivery.NotificationTypes!)))
            return new SendOutcome.Rejected("The user does not want notifications of this kind.");
        return channel is null ? new SendOutcome.Rejected("The user has neither a linked Telegram chat nor an e-mail address.") : null;
    }

    private Task<SendOutcome> SendAsync(Delivery delivery, Channel channel, CancellationToken cancellationToken)
    {
        if (Open(Values(delivery)) is not { } values)
            return Task.FromResult<SendOutcome>(new SendOutcome.Rejected("Its secrets were sealed with another key or changed."));

        var template = TemplateCatalog.Get(delivery.Type).In(delivery.Locale);
        var locale = Locales.Of(delivery.Locale);
        var html = template.Html(values, locale);
        return channel switch
        {
            Channel.Telegram chat => telegram.SendAsync(chat.Bot, chat.Chat, html, cancellationToken),
            Channel.Email box => mail.SendAsync(delivery.Id, box.Address, template.Plain(values, locale), html, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "There is no sender for this channel."),
        };
    }

    private async Task SettleAsync(
        TenantId tenant, Delivery delivery, Channel? channel, SendOutcome outcome, NextStep next, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (next is NextStep.Done done)
        {
            await deliveries.MarkSentAsync(tenant, delivery.Id, channel!.Name, done.ProviderMessageId, Readable(delivery), now, cancellationToken);
            return;
        }

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (outcome is SendOutcome.RecipientGone && channel is Channel.Telegram chat)
            await preferences.UnlinkTelegramAsync(transaction, delivery.UserId, chat.Bot, chat.Chat, now, cancellationToken);
        switch (next)
        {
            case NextStep.Again again:
                await deliveries.MarkRetryingAsync(transaction, delivery.Id, again.At, again.Counts, again.Reason, cancellationToken);
                await transaction.SendAsync(delivery.Priority.Queue(), [new NotificationRequested(delivery.Id)], now, again.At, cancellationToken);
                break;
            case NextStep.GivenUp givenUp:
                await deliveries.MarkFailedAsync(transaction, delivery.Id, givenUp.Reason, cancellationToken);
                break;
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // Only here do secrets become readable, and nothing of this is kept.
    private Dictionary<string, TemplateValue>? Open(Dictionary<string, TemplateValue> values)
    {
        try
        {
            return values.ToDictionary(
                value => value.Key,
                value => value.Value.Sealed is { } box ? TemplateValue.Of(SecretBox.OpenText(tokens.Value.MailSecretsKey, box, value.Key)) : value.Value);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static Rendered Readable(Delivery delivery) =>
        TemplateCatalog.Get(delivery.Type).In(delivery.Locale).Plain(Values(delivery), Locales.Of(delivery.Locale));

    private static Dictionary<string, TemplateValue> Values(Delivery delivery) =>
        JsonSerializer.Deserialize<Dictionary<string, TemplateValue>>(delivery.Variables)!;

    [LoggerMessage(LogLevel.Information, "{Type} {NotificationId} by {Channel}: {Outcome}, {Next}.")]
    private partial void LogOutcome(string type, Guid notificationId, string channel, string outcome, string next);
}
