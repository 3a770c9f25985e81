using ServerlessBusiness.Notifications.TelegramChats;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class SharedContactTests
{
    private const long Sender = 1001;

    [Fact]
    public void The_senders_own_contact_is_his()
    {
        Assert.Equal(new SharedContact(Sender, "+628123456789", IsOwn: true), SharedContact.Read(Update()));
    }

    [Fact]
    public void A_contact_of_somebody_else_or_of_nobody_is_not_his()
    {
        Assert.False(SharedContact.Read(Update(contactOf: 1002))!.IsOwn);
        Assert.False(SharedContact.Read(Update(contactOf: null))!.IsOwn);
    }

    [Fact]
    public void A_forwarded_contact_is_not_his()
    {
        Assert.False(SharedContact.Read(Update(forwarded: new MessageOriginHiddenUser { SenderUserName = "x" }))!.IsOwn);
    }

    [Fact]
    public void A_contact_in_a_group_and_a_text_are_none()
    {
        Assert.Null(SharedContact.Read(Update(chat: ChatType.Group)));
        Assert.Null(SharedContact.Read(new Update { Message = new Message { Chat = new Chat { Id = Sender, Type = ChatType.Private }, Text = "+628123456789" } }));
    }

    private static Update Update(long? contactOf = Sender, ChatType chat = ChatType.Private, MessageOrigin? forwarded = null) => new()
    {
        Message = new Message
        {
            Chat = new Chat { Id = Sender, Type = chat },
            From = new User { Id = Sender },
            Contact = new Contact { PhoneNumber = "+628123456789", FirstName = "Budi", UserId = contactOf },
            ForwardOrigin = forwarded,
        },
    };
}
