namespace ServerlessBusiness.Notifications.Templates;

/// <summary>Every kind of notification there is. Money matters cannot be muted: their readers have a right to know.</summary>
public static class TemplateCatalog
{
    public const string TradingAlert = "trading_alert";
    public const string Digest = "digest";
    public const string BotHandover = "bot_handover";
    public const string TelegramLinked = "telegram_linked";

    public static readonly IReadOnlyDictionary<string, NotificationType> Types =
        PlatformTemplates.Types.Concat(SubscriptionTemplates.Types).Concat(MoneyTemplates.Types).Concat(AccountTemplates.Types).Concat(SecurityTemplates.Types)
            .ToDictionary(type => type.Name);

    /// <summary>Kinds that go to a chat and nowhere else.</summary>
    public static readonly string[] ChatOnly = [.. Types.Values.Where(type => !type.Channels.Contains(Channels.Email)).Select(type => type.Name)];

    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static NotificationType Get(string name) =>
        Types.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no notification type '{name}'.", nameof(name));
}
