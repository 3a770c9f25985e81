using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class ObstacleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly Channel Chat = new Channel.Telegram("default", 1001);

    private static readonly Delivery Due = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "usage_limit_warning", 3, "{}", 1, 3, Now.AddDays(1), UserIsKnown: true, "budi@example.com", "en",
        Active: true, "{}", 1001, "default");

    [Fact]
    public void A_due_message_for_a_known_user_has_none()
    {
        Assert.Null(SendNotification.Obstacle(Due, Chat, Now));
    }

    [Fact]
    public void A_user_who_is_not_known_yet_is_waited_for()
    {
        Assert.IsType<SendOutcome.NeverSent>(SendNotification.Obstacle(Due with { UserIsKnown = false, Active = null, NotificationTypes = null }, null, Now));
    }

    [Fact]
    public void A_user_without_chat_and_address_cannot_be_told()
    {
        Assert.IsType<SendOutcome.Rejected>(SendNotification.Obstacle(Due, null, Now));
    }

    [Fact]
    public void What_has_expired_is_not_sent()
    {
        Assert.IsType<SendOutcome.Rejected>(SendNotification.Obstacle(Due with { ExpiresAt = Now }, Chat, Now));
    }

    [Theory]
    [InlineData(true, """{"usage_limit_warning":false}""", "usage_limit_warning", true)]
    [InlineData(true, """{"trading_alert":false}""", "usage_limit_warning", false)]
    [InlineData(false, "{}", "usage_limit_warning", true)]
    [InlineData(false, """{"payment_received":false}""", "payment_received", false)]
    public void Only_what_may_be_muted_is_muted(bool active, string switches, string type, bool isMuted)
    {
        var obstacle = SendNotification.Obstacle(Due with { Active = active, NotificationTypes = switches, Type = type }, Chat, Now);

        Assert.Equal(isMuted, obstacle is SendOutcome.Rejected);
    }

    [Fact]
    public void A_mail_about_an_account_goes_to_its_address_only_and_waits_for_nobody()
    {
        var mail = Due with
        {
            Type = "verify_email", RecipientEmail = "new@example.com", UserIsKnown = false, Active = null, NotificationTypes = null,
        };

        Assert.Equal(new Channel.Email("new@example.com"), mail.Channel);
        Assert.Null(SendNotification.Obstacle(mail, mail.Channel, Now));
        Assert.IsType<SendOutcome.Rejected>(SendNotification.Obstacle(mail with { ExpiresAt = Now }, mail.Channel, Now));
    }

    [Fact]
    public void A_linked_chat_goes_before_the_mailbox()
    {
        Assert.Equal(Chat, Channel.Choose(1001, "default", "budi@example.com"));
        Assert.Equal(new Channel.Email("budi@example.com"), Channel.Choose(null, "default", "budi@example.com"));
        Assert.Null(Channel.Choose(null, "default", null));
    }
}
