using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Jakarta = TimeZoneInfo.FindSystemTimeZoneById("Asia/Jakarta");
    private static readonly Channel Chat = new Channel.Telegram("default", 1001);
    private static readonly Channel Mailbox = new Channel.Email("budi@example.com");

    internal static readonly Delivery Due = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "usage_limit_warning", 3, "{}", Attempts: 1, MaxAttempts: 3, UnknownCalls: 0, WasBrokenOff: false,
        Now, Now.AddDays(1), SkippedChannels: "", RecipientEmail: null, UserIsKnown: true, "budi@example.com", "en", Active: true, "{}", "{}", "Asia/Jakarta",
        QuietFrom: null, QuietTo: null, DigestRhythm.Off, "08:00", BotAssignment: "default", Bot: "default", ChatId: 1001, HasOtherChat: false, ClaimId: Guid.Empty);

    [Fact]
    public void A_due_message_goes_to_the_first_channel_of_its_kind()
    {
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: true), Of(Due));
        Assert.Equal(new Verdict.Send(Mailbox, HasOtherWay: true), Of(Due with { Type = "invoice_issued" }));
        Assert.Equal(new Verdict.Send(Mailbox, HasOtherWay: false), Of(Due with { Bot = null, ChatId = null }));
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: false), Of(Due with { Type = "invoice_issued", Email = null }));
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: false), Of(Due with { Type = "invoice_issued", SkippedChannels = "email" }));
    }

    [Fact]
    public void Another_bots_chat_is_another_way_to_who_has_no_address()
    {
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: false), Of(Due with { Email = null }));
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: true), Of(Due with { Email = null, HasOtherChat = true }));
        Assert.Equal(
            new Verdict.Send(Mailbox, HasOtherWay: false),
            Of(Due with { HasOtherChat = true, ChannelSwitches = """{"usage_limit_warning":{"telegram":false}}""" }));
    }

    [Fact]
    public void A_user_who_is_not_known_yet_is_waited_for_longer_and_longer()
    {
        var stranger = Due with { UserIsKnown = false, Active = null, NotificationTypes = null, ChannelSwitches = null, DigestAt = null, Email = null, Bot = null };

        Assert.Equal(Now.AddSeconds(15), Assert.IsType<Verdict.Wait>(Of(stranger)).Until);
        Assert.Equal(Now.AddMinutes(5), Assert.IsType<Verdict.Wait>(Of(stranger with { Since = Now.AddMinutes(-10) })).Until);
        Assert.Equal(Now.AddMinutes(10), Assert.IsType<Verdict.Wait>(Of(stranger with { Since = Now.AddHours(-10) })).Until);
        Assert.Equal("unknown_user", Assert.IsType<Verdict.Refuse>(Of(stranger with { Since = Now.AddDays(-1), ExpiresAt = Now.AddYears(1) })).Code);
    }

    [Fact]
    public void A_user_without_chat_and_address_cannot_be_told_which_is_a_failure()
    {
        AssertRefused(Due with { Bot = null, ChatId = null, Email = null }, "unreachable", byUser: false);
        AssertRefused(Due with { Type = "telegram_linked", Bot = null, ChatId = null }, "unreachable", byUser: false);
    }

    [Fact]
    public void What_has_expired_is_not_sent()
    {
        AssertRefused(Due with { ExpiresAt = Now }, "expired", byUser: false);
    }

    [Theory]
    [InlineData(true, """{"usage_limit_warning":false}""", "usage_limit_warning", 3, true)]
    [InlineData(true, """{"usage_limit_warning":false}""", "usage_limit_warning", 1, true)]
    [InlineData(true, """{"trading_alert":false}""", "usage_limit_warning", 3, false)]
    [InlineData(false, "{}", "usage_limit_warning", 1, true)]
    [InlineData(false, """{"payment_received":false}""", "payment_received", 3, false)]
    public void Only_what_may_be_muted_is_muted_and_urgency_is_no_excuse(bool active, string switches, string type, int priority, bool isMuted)
    {
        var verdict = Of(Due with { Active = active, NotificationTypes = switches, Type = type, PriorityLevel = priority });

        Assert.Equal(isMuted, verdict is Verdict.Refuse { Code: "muted", ByUser: true });
        Assert.Equal(!isMuted, verdict is Verdict.Send);
    }

    [Fact]
    public void A_channel_switched_off_is_left_out_unless_somebody_must_be_told_and_has_no_other()
    {
        const string noChat = """{"usage_limit_warning":{"telegram":false},"payment_received":{"telegram":false}}""";

        Assert.Equal(new Verdict.Send(Mailbox, HasOtherWay: false), Of(Due with { ChannelSwitches = noChat }));
        AssertRefused(Due with { ChannelSwitches = noChat, Email = null }, "muted", byUser: true);
        Assert.Equal(new Verdict.Send(Chat, HasOtherWay: false), Of(Due with { ChannelSwitches = noChat, Email = null, Type = "payment_received" }));
    }

    [Fact]
    public void A_mail_about_an_account_goes_to_its_address_only_and_waits_for_nobody()
    {
        var mail = Due with
        {
            Type = "verify_email", RecipientEmail = "new@example.com", UserIsKnown = false, Active = null, NotificationTypes = null,
        };

        Assert.Equal(new Verdict.Send(new Channel.Email("new@example.com"), HasOtherWay: false), Of(mail));
        AssertRefused(mail with { ExpiresAt = Now }, "expired", byUser: false);
    }

    // 10:00 UTC is 17:00 in Jakarta.
    [Theory]
    [InlineData(3, "usage_limit_warning", 24, "16:00", "20:00", "wait 13:00")]
    [InlineData(3, "usage_limit_warning", 24, "18:00", "20:00", "send")]
    [InlineData(3, "usage_limit_warning", 24, "17:00", "07:00", "wait 00:00")]
    [InlineData(3, "usage_limit_warning", 2, "16:00", "20:00", "refuse")]
    [InlineData(2, "payment_received", 2, "16:00", "20:00", "send")]
    [InlineData(2, "payment_received", 24, "16:00", "20:00", "wait 13:00")]
    [InlineData(1, "usage_limit_warning", 24, "16:00", "20:00", "send")]
    public void Quiet_hours_put_off_what_can_wait_and_drop_only_what_may_be_muted(
        int priority, string type, int hoursToLive, string from, string to, string expected)
    {
        var verdict = Of(Due with { PriorityLevel = priority, Type = type, ExpiresAt = Now.AddHours(hoursToLive), QuietFrom = from, QuietTo = to });

        Assert.Equal(expected, verdict switch
        {
            Verdict.Wait wait => $"wait {wait.Until:HH:mm}",
            Verdict.Send => "send",
            Verdict.Refuse { Code: "quiet_hours", ByUser: true } => "refuse",
            _ => $"{verdict}",
        });
    }

    [Fact]
    public void Only_what_is_of_low_priority_and_may_be_muted_is_gathered_for_a_digest()
    {
        var low = Due with { PriorityLevel = 4, Digest = DigestRhythm.Daily, DigestAt = "18:30" };

        Assert.Equal(new Verdict.Gather(Now.AddMinutes(90)), Of(low));
        Assert.Equal(new Verdict.Gather(Now.AddHours(1)), Of(low with { Digest = DigestRhythm.Hourly }));
        Assert.IsType<Verdict.Send>(Of(low with { PriorityLevel = 3 }));
        Assert.IsType<Verdict.Send>(Of(low with { Type = "digest" }));
        Assert.IsType<Verdict.Send>(Of(low with { Type = "payment_received" }));
    }

    [Fact]
    public void What_would_have_expired_before_the_digest_is_not_held_for_it()
    {
        var low = Due with { PriorityLevel = 4, Digest = DigestRhythm.Daily, DigestAt = "18:30" };

        Assert.Equal(new Verdict.Gather(Now.AddMinutes(90)), Of(low with { ExpiresAt = Now.AddMinutes(91) }));
        AssertRefused(low with { ExpiresAt = Now.AddMinutes(90) }, "expired", byUser: false);
    }

    [Theory]
    [InlineData("""{"usage_limit_warning":{"telegram":false}}""", "email")]
    [InlineData("""{"usage_limit_warning":{"email":false}}""", "gather")]
    [InlineData("""{"usage_limit_warning":{"email":false},"digest":{"telegram":false}}""", "telegram")]
    [InlineData("""{"usage_limit_warning":{"telegram":false},"digest":{"telegram":false}}""", "gather")]
    public void What_is_not_wanted_on_the_digests_channel_is_told_by_itself(string switches, string expected)
    {
        var verdict = Of(Due with { PriorityLevel = 4, Digest = DigestRhythm.Daily, DigestAt = "18:30", ChannelSwitches = switches });

        Assert.Equal(expected, verdict switch
        {
            Verdict.Send send => send.Channel.Name,
            Verdict.Gather => "gather",
            _ => $"{verdict}",
        });
    }

    [Theory]
    [InlineData("payment_received", true)]
    [InlineData("welcome", false)]
    public void What_its_sender_died_over_is_repeated_as_its_kind_wants(string type, bool isRepeated)
    {
        Assert.Equal(isRepeated, Of(Due with { Type = type, WasBrokenOff = true }) is Verdict.Send);
    }

    [Fact]
    public void A_handover_is_of_no_use_to_who_has_started_the_new_bot()
    {
        Assert.IsType<Verdict.Send>(Of(Due with { Type = "bot_handover", BotAssignment = "premium" }));
        AssertRefused(Due with { Type = "bot_handover" }, "nothing_to_tell", byUser: true);
    }

    private static Verdict Of(Delivery delivery) => Verdict.Of(delivery, TemplateCatalog.Get(delivery.Type), Jakarta, Now);

    private static void AssertRefused(Delivery delivery, string code, bool byUser)
    {
        var refusal = Assert.IsType<Verdict.Refuse>(Of(delivery));
        Assert.Equal((code, byUser), (refusal.Code, refusal.ByUser));
    }
}
