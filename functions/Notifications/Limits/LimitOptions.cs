using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>How fast each bot may write; all instances share it (setting TELEGRAM_MESSAGES_PER_SECOND).</summary>
public sealed record LimitOptions
{
    /// <summary>Telegram takes about 30 a second and means it softly; 25 leaves room for what we do not count.</summary>
    [Range(1, 100_000)]
    [ConfigurationKeyName("TELEGRAM_MESSAGES_PER_SECOND")]
    public int PerSecond { get; init; } = 25;
}
