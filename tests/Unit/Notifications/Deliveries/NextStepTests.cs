using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class NextStepTests
{
    private const int MaxAttempts = 3;
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Expiry = Now.AddDays(1);

    [Fact]
    public void What_was_sent_is_done()
    {
        Assert.Equal(new NextStep.Done("77"), After(new SendOutcome.Sent("77"), attempts: 3));
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(0.5, 30.5)]
    public void A_throttled_message_waits_as_told_and_uses_up_no_attempt(double jitter, double seconds)
    {
        var next = After(new SendOutcome.Throttled(TimeSpan.FromSeconds(30), "429"), attempts: 3, jitter: jitter);

        Assert.Equal(new NextStep.Again(Now.AddSeconds(seconds), "429", Counts: false), next);
    }

    [Fact]
    public void A_call_that_never_left_uses_up_no_attempt()
    {
        Assert.False(Assert.IsType<NextStep.Again>(After(new SendOutcome.NeverSent("refused"), attempts: 3)).Counts);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 8)]
    public void An_unknown_outcome_is_tried_again_after_a_growing_pause(int attempts, int seconds)
    {
        Assert.Equal(new NextStep.Again(Now.AddSeconds(seconds), "cut", Counts: true), After(new SendOutcome.Unknown("cut"), attempts));
    }

    [Fact]
    public void The_third_unknown_outcome_is_the_last()
    {
        Assert.Equal(new NextStep.GivenUp("cut"), After(new SendOutcome.Unknown("cut"), attempts: 3));
    }

    [Fact]
    public void A_message_that_is_refused_is_not_tried_again()
    {
        Assert.Equal(new NextStep.GivenUp("too long"), After(new SendOutcome.Rejected("too long"), attempts: 1));
    }

    [Fact]
    public void Who_is_gone_from_one_channel_is_tried_on_the_other_at_once()
    {
        Assert.Equal(new NextStep.Again(Now, "blocked", Counts: false), After(new SendOutcome.RecipientGone("blocked"), attempts: 1, hasOtherChannel: true));
        Assert.Equal(new NextStep.GivenUp("blocked"), After(new SendOutcome.RecipientGone("blocked"), attempts: 1));
    }

    [Fact]
    public void Nothing_comes_back_after_its_time()
    {
        var next = NextStep.After(
            new SendOutcome.Throttled(TimeSpan.FromMinutes(5), "429"), 1, MaxAttempts, hasOtherChannel: false, 0, Now, Now.AddMinutes(5));

        Assert.Equal(new NextStep.GivenUp("It was not sent in time. 429"), next);
    }

    private static NextStep After(SendOutcome outcome, int attempts, bool hasOtherChannel = false, double jitter = 0) =>
        NextStep.After(outcome, attempts, MaxAttempts, hasOtherChannel, jitter, Now, Expiry);
}
