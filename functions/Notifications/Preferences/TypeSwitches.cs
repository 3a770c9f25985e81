using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>Whether a user wants a kind of notification.</summary>
internal static class TypeSwitches
{
    public static bool Wants(NotificationType type, bool active, IReadOnlyDictionary<string, bool> switches) =>
        !type.CanBeMuted || (active && switches.GetValueOrDefault(type.Name, true));

    public static IReadOnlyDictionary<string, bool> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, bool>>(json) ?? [];
}
