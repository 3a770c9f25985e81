using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class BotChangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid User = Guid.CreateVersion7();

    [Theory]
    [InlineData("free", "default")]
    [InlineData("pro", "premium")]
    [InlineData("enterprise", "enterprise")]
    [InlineData("a-tier-of-tomorrow", "default")]
    public void The_bot_follows_the_tier(string tier, string bot)
    {
        Assert.Equal(
            new BotChange(User, bot, Now), BotChange.Of(new SubscriptionActivated(User, User, tier, "Tier", Now, Now.AddMonths(1)), Now));
        Assert.Equal(new BotChange(User, bot, Now), BotChange.Of(new SubscriptionChanged(User, User, "free", tier, Now), Now));
    }

    [Fact]
    public void A_change_of_tomorrow_changes_nothing_today_and_an_end_goes_back_to_the_default()
    {
        Assert.Null(BotChange.Of(new SubscriptionChanged(User, User, "pro", "free", Now.AddDays(1)), Now));
        Assert.Null(BotChange.Of(new SubscriptionCancelled(User, User, Now.AddDays(1)), Now));
        Assert.Equal(new BotChange(User, "default", Now), BotChange.Of(new SubscriptionExpired(User, User, Now), Now));
        Assert.Equal(new BotChange(User, "default", Now), BotChange.Of(new SubscriptionCancelled(User, User, Now), Now));
    }

    [Fact]
    public void A_clock_that_is_a_little_ahead_of_ours_tells_of_now()
    {
        var ahead = Now.AddSeconds(50);

        Assert.Equal(new BotChange(User, "premium", ahead), BotChange.Of(new SubscriptionChanged(User, User, "free", "pro", ahead), Now));
        Assert.Equal(new BotChange(User, "default", ahead), BotChange.Of(new SubscriptionCancelled(User, User, ahead), Now));
    }

    public static TheoryData<BusinessEvent> OfAnotherProduct =>
    [
        new SubscriptionActivated(User, User, "pro", "Pro", Now, Now.AddMonths(1), Product: "reports"),
        new SubscriptionChanged(User, User, "free", "pro", Now, Product: "reports"),
        new SubscriptionCancelled(User, User, Now, Product: "reports"),
        new SubscriptionExpired(User, User, Now, Product: "reports"),
    ];

    [Theory]
    [MemberData(nameof(OfAnotherProduct))]
    public void What_happens_to_another_product_changes_no_bot(BusinessEvent fact) => Assert.Null(BotChange.Of(fact, Now));

    [Fact]
    public void The_old_bot_goes_on_until_the_desired_one_was_started()
    {
        var old = new TelegramLink("default", 1001, Now);
        var older = new TelegramLink("enterprise", 1001, Now.AddDays(-1));
        var desired = new TelegramLink("premium", 1001, Now.AddDays(-9));

        Assert.Equal(old, BotChoice.Of("premium", [older, old]));
        Assert.Equal(desired, BotChoice.Of("premium", [older, old, desired]));
        Assert.Null(BotChoice.Of("premium", []));
    }
}
