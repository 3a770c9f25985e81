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
        public override string Name => "telegram";
    }

    public sealed record Email(string Address) : Channel
    {
        public override string Name => "email";
    }

    /// <summary>The linked chat before the mailbox; null when there is neither.</summary>
    public static Channel? Choose(long? telegramChat, string? bot, string? email) =>
        telegramChat is { } chat && bot is not null ? new Telegram(bot, chat)
        : email is not null ? new Email(email)
        : null;
}
