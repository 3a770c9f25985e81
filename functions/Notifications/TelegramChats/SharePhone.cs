using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Tells Users the phone number that a user shared in his linked chat, and answers what became of it.</summary>
public sealed class SharePhone(Database database, TelegramLinkStore links, TimeProvider time)
{
    /// <summary>What the chat is answered.</summary>
    internal async Task<string> RunAsync(string bot, SharedContact contact, CancellationToken cancellationToken)
    {
        var users = await links.ListOfChatAcrossTenantsAsync(bot, contact.Chat, "active", cancellationToken);
        var answers = ChatAnswers.In(users is [var first, ..] ? first.Locale : contact.Language);
        if (!contact.IsOwn)
            return answers.NotYours;

        foreach (var user in users)
        {
            await using var transaction = await database.BeginAsync(user.TenantId, cancellationToken);
            await transaction.PublishAsync(new PhoneShared(user.UserId, contact.Phone), time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return users.Count > 0 ? answers.Thanks : answers.NotLinkedYet;
    }
}
