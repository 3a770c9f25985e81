using ServerlessBusiness.Subscriptions.Lifecycle;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class RenewalDecisionTests
{
    private static readonly DateTimeOffset End = At("2026-12-01");

    [Theory]
    [InlineData(SubscriptionStatus.Active, true, false, SubscriptionCommand.Renew)]
    [InlineData(SubscriptionStatus.Trialing, true, false, SubscriptionCommand.Renew)]
    [InlineData(SubscriptionStatus.Active, false, false, SubscriptionCommand.Expire)]
    [InlineData(SubscriptionStatus.Trialing, false, false, SubscriptionCommand.Expire)]
    [InlineData(SubscriptionStatus.Active, true, true, SubscriptionCommand.Cancel)]
    [InlineData(SubscriptionStatus.Suspended, true, false, SubscriptionCommand.Expire)]
    [InlineData(SubscriptionStatus.Paused, true, false, null)]
    [InlineData(SubscriptionStatus.Cancelled, true, false, null)]
    [InlineData(SubscriptionStatus.Expired, true, false, null)]
    public void The_end_of_a_period_does_what_was_decided(SubscriptionStatus status, bool autoRenew, bool cancel, SubscriptionCommand? expected)
    {
        var subscription = Ending(status) with { AutoRenew = autoRenew, CancelAtPeriodEnd = cancel };

        Assert.Equal(expected, RenewalDecision.Of(subscription, End));
        Assert.Null(RenewalDecision.Of(subscription, End.AddMilliseconds(-1)));
    }

    [Fact]
    public void A_first_payment_is_awaited_for_a_day()
    {
        var pending = Ending(SubscriptionStatus.Pending);

        Assert.Null(RenewalDecision.Of(pending, pending.CreatedAt.AddHours(24).AddMilliseconds(-1)));
        Assert.Equal(SubscriptionCommand.Expire, RenewalDecision.Of(pending, pending.CreatedAt.AddHours(24)));
    }

    private static Subscription Ending(SubscriptionStatus status)
    {
        var tier = Tier("pro", 30);
        return On(tier, Quote.First(tier, At("2026-11-10")).Billed, status);
    }
}
