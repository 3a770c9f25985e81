using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>What shall happen to a notification that is due, judged by its kind and by what its user wants at this moment.</summary>
public abstract record Verdict
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    // Longer than any backlog of news.
    private static readonly TimeSpan Overtaking = TimeSpan.FromDays(1);

    private Verdict()
    {
    }

    /// <summary>HasOtherWay tells whether another channel is left, or a chat with another bot, should this one be closed.</summary>
    public sealed record Send(Channel Channel, bool HasOtherWay) : Verdict;

    public sealed record Wait(DateTimeOffset Until, string Reason) : Verdict;

    /// <summary>It is told together with others.</summary>
    public sealed record Gather(DateTimeOffset At) : Verdict;

    /// <summary>ByUser tells whether that is as the user wants it; else it has failed.</summary>
    public sealed record Refuse(string Code, string Reason, bool ByUser) : Verdict;

    /// <param name="delivery">The notification with its user's wishes.</param>
    /// <param name="type">Its kind.</param>
    /// <param name="zone">The user's time zone.</param>
    /// <param name="now">The time of sending.</param>
    public static Verdict Of(Delivery delivery, NotificationType type, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (delivery.ExpiresAt <= now)
            return new Refuse(Reasons.Expired, "It was not sent in time.", ByUser: false);
        if (delivery.WasBrokenOff && !NextStep.MayRepeat(type, delivery.Since, now))
            return new Refuse(Reasons.UnknownOutcome, "Its sender died during the call; whether it arrived is not known, and it is not repeated.", ByUser: false);
        // A mail about an account is nobody's wish: it comes before the account is known here, and cannot be muted.
        if (delivery.RecipientEmail is { } address)
            return Skips(delivery, Channels.Email)
                ? new Refuse(Reasons.RecipientGone, "The mailbox does not take it.", ByUser: false)
                : new Send(new Channel.Email(address), HasOtherWay: false);
        // News of a user and of what he did travel side by side and may overtake each other.
        if (!delivery.UserIsKnown)
            return now - delivery.Since >= Overtaking
                ? new Refuse(Reasons.UnknownUser, "There is no such user here.", ByUser: false)
                : new Wait(now + Clamp((now - delivery.Since) / 2), "The user is not known here yet.");
        if (!TypeSwitches.Wants(type, delivery.Active ?? true, TypeSwitches.Read(delivery.NotificationTypes ?? "{}")))
            return new Refuse(Reasons.Muted, "The user does not want notifications of this kind.", ByUser: true);

        var reachable = type.Channels.Select(name => Way(delivery, name)).OfType<Channel>().ToList();
        if (reachable.Count == 0)
            return new Refuse(Reasons.Unreachable, "The user has neither a linked Telegram chat nor an e-mail address for it.", ByUser: false);
        var wanted = TypeSwitches.Channels(type, TypeSwitches.ReadChannels(delivery.ChannelSwitches ?? "{}"));
        var ways = reachable.Where(way => wanted.Contains(way.Name)).ToList();
        if (ways.Count == 0 && type.CanBeMuted)
            return new Refuse(Reasons.Muted, "The user does not want notifications of this kind on the channels he can be reached on.", ByUser: true);
        // Who must know it gets it on the way that is left.
        if (ways.Count == 0)
            ways = reachable;

        if (type.Name == TemplateCatalog.BotHandover && delivery.Bot == delivery.BotAssignment)
            return new Refuse(Reasons.NothingToTell, "The user has started that bot already.", ByUser: true);
        return Timing(delivery, type, ways, zone, now) ?? new Send(ways[0], ways.Count > 1 || (ways[0] is Channel.Telegram && delivery.HasOtherChat));
    }

    // What is critical waits for nothing.
    private static Verdict? Timing(Delivery delivery, NotificationType type, List<Channel> ways, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (delivery.Priority == Priority.Critical)
            return null;
        if (delivery is { QuietFrom: { } from, QuietTo: { } to }
            && new QuietHours(PreferencesRequest.Time(from), PreferencesRequest.Time(to)).EndsAt(zone, now) is { } end)
        {
            if (end < delivery.ExpiresAt)
                return new Wait(end, "The user has quiet hours.");
            if (type.CanBeMuted)
                return new Refuse(Reasons.QuietHours, "It would have disturbed the user's quiet hours and is of no use after them.", ByUser: true);
        }

        if (delivery.Priority != Priority.Low || !type.CanBeMuted || type.Name == TemplateCatalog.Digest
            || DigestSlot.Next(delivery.Digest ?? DigestRhythm.Off, PreferencesRequest.Time(delivery.DigestAt ?? "08:00"), zone, now) is not { } slot
            // The digest would tell it where its user does not want it.
            || DigestWay(delivery) is not { } way || !ways.Contains(way))
            return null;
        return slot < delivery.ExpiresAt
            ? new Gather(slot)
            : new Refuse(Reasons.Expired, "It is of no use any more when the user's next digest is due.", ByUser: false);
    }

    private static Channel? DigestWay(Delivery delivery) =>
        TypeSwitches.Channels(TemplateCatalog.Get(TemplateCatalog.Digest), TypeSwitches.ReadChannels(delivery.ChannelSwitches ?? "{}"))
            .Select(name => Way(delivery, name)).OfType<Channel>().FirstOrDefault();

    private static Channel? Way(Delivery delivery, string channel) => (channel, delivery) switch
    {
        _ when Skips(delivery, channel) => null,
        (Channels.Telegram, { Bot: { } bot, ChatId: { } chat }) => new Channel.Telegram(bot, chat),
        (Channels.Email, { Email: { } address }) => new Channel.Email(address),
        _ => null,
    };

    private static bool Skips(Delivery delivery, string channel) => delivery.SkippedChannels.Split(',').Contains(channel);

    private static TimeSpan Clamp(TimeSpan wait) => wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
}
