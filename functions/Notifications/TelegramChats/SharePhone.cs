using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Tells Users the phone number that a user shared in his linked chat, and answers what became of it.</summary>
public sealed class SharePhone(Database database, PreferenceStore preferences, TimeProvider time)
{
    private const string Thanks = "Thank you! Your phone number is confirmed. ✅";
    private const string NotYours = "This is somebody else's contact. Share your own to confirm your phone number.";
    private const string NotLinked = "This chat is not linked to an account yet. Open your notification settings on the platform and press the Telegram link there first.";

    /// <summary>What the chat is answered.</summary>
    internal async Task<string> RunAsync(string bot, SharedContact contact, CancellationToken cancellationToken)
    {
        if (!contact.IsOwn)
            return NotYours;

        var users = await preferences.ListOfChatAcrossTenantsAsync(bot, contact.Chat, cancellationToken);
        foreach (var user in users)
        {
            await using var transaction = await database.BeginAsync(user.TenantId, cancellationToken);
            await transaction.PublishAsync(new PhoneShared(user.UserId, contact.Phone), time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return users.Count > 0 ? Thanks : NotLinked;
    }
}
