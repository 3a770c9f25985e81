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
    }

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
