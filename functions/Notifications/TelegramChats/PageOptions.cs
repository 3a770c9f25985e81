using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>The product's own pages (setting APP_URL).</summary>
public sealed record PageOptions
{
    [Required, Url]
    [ConfigurationKeyName("APP_URL")]
    public string AppUrl { get; init; } = "";

    /// <summary>Where a user chooses what he is told.</summary>
    public string NotificationSettings => $"{AppUrl.TrimEnd('/')}/settings/notifications";
}
