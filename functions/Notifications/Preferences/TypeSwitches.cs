using System.Collections.ObjectModel;
using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>Whether a user wants a kind of notification, and on which of its channels.</summary>
internal static class TypeSwitches
{
    // Most users never switch anything.
    private const string Nothing = "{}";

    public static bool Wants(NotificationType type, bool active, IReadOnlyDictionary<string, bool> switches) =>
        !type.CanBeMuted || (active && switches.GetValueOrDefault(type.Name, true));

    /// <summary>The channels left in their order. Nobody loses what is mandatory by switching off all of them.</summary>
    public static IReadOnlyList<string> Channels(NotificationType type, IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> switches)
    {
        var own = switches.GetValueOrDefault(type.Name);
        var left = type.Channels.Where(channel => own?.GetValueOrDefault(channel, true) ?? true).ToList();
        return left.Count == 0 && !type.CanBeMuted ? type.Channels : left;
    }

    /// <summary>The kinds that are wanted on no channel at all.</summary>
    public static string[] Unwanted(
        bool active, IReadOnlyDictionary<string, bool> switches, IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> channels) =>
        [.. TemplateCatalog.Types.Values.Where(type => !Wants(type, active, switches) || Channels(type, channels).Count == 0).Select(type => type.Name)];

    /// <summary>The kinds that are not wanted on this channel, and are on another.</summary>
    public static string[] WantedElsewhere(string channel, IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> channels) =>
        [.. TemplateCatalog.Types.Values.Where(type => Channels(type, channels) is { Count: > 0 } left && !left.Contains(channel)).Select(type => type.Name)];

    public static IReadOnlyDictionary<string, bool> Read(string json) =>
        json == Nothing ? ReadOnlyDictionary<string, bool>.Empty : JsonSerializer.Deserialize<Dictionary<string, bool>>(json) ?? [];

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> ReadChannels(string json) =>
        json == Nothing
            ? ReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>>.Empty
            : JsonSerializer.Deserialize<Dictionary<string, IReadOnlyDictionary<string, bool>>>(json) ?? [];
}
