using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>The way to a user: his chat with a bot, or his mailbox.</summary>
public abstract record Channel
{
    private Channel()
    {
    }

    public abstract string Name { get; }

    public sealed record Telegram(string Bot, long Chat) : Channel
    {
        public override string Name => Channels.Telegram;
    }

    public sealed record Email(string Address) : Channel
    {
        public override string Name => Channels.Email;
    }
}
