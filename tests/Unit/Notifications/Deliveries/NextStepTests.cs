using CsCheck;
using Npgsql;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;

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
        Assert.Equal(new NextStep.GivenUp("attempts_used", "cut", Counts: true), After(new SendOutcome.Unknown("cut"), attempts: 3));
    }

    [Fact]
    public void A_message_that_is_refused_is_not_tried_again()
    {
        Assert.Equal(new NextStep.GivenUp("rejected", "too long", Counts: true), After(new SendOutcome.Rejected("too long"), attempts: 1));
    }

    [Fact]
    public void Who_is_gone_from_one_channel_is_tried_on_the_other_at_once()
    {
        Assert.Equal(new NextStep.Again(Now, "blocked", Counts: false), After(new SendOutcome.RecipientGone("blocked"), attempts: 1, hasOtherWay: true));
        Assert.Equal(new NextStep.GivenUp("recipient_gone", "blocked", Counts: true), After(new SendOutcome.RecipientGone("blocked"), attempts: 1));
    }

    [Fact]
    public void Nothing_comes_back_after_its_time()
    {
        var next = After(new SendOutcome.Throttled(TimeSpan.FromMinutes(5), "429"), 1, expiresAt: Now.AddMinutes(5));

        Assert.Equal(new NextStep.GivenUp("expired", "It was not sent in time. 429", Counts: false), next);
    }

    [Fact]
    public void A_refused_sender_stops_without_using_up_the_attempts_of_messages()
    {
        Assert.Equal(new NextStep.Again(Now.AddMinutes(5), "401", Counts: false), After(new SendOutcome.SenderRefused("401"), attempts: 3));
    }

    [Theory]
    [InlineData("payment_received", 600, true)]
    [InlineData("trading_alert", 0, true)]
    [InlineData("trading_alert", 57, true)]
    [InlineData("trading_alert", 58, false)]
    [InlineData("welcome", 0, false)]
    public void Each_kind_says_whether_it_is_repeated_when_nobody_knows_if_it_arrived(string type, int ageInSeconds, bool isRepeated)
    {
        var next = After(new SendOutcome.Unknown("cut"), attempts: 1, type: type, createdAt: Now.AddSeconds(-ageInSeconds));

        Assert.Equal(isRepeated ? new NextStep.Again(Now.AddSeconds(2), "cut", Counts: true) : new NextStep.GivenUp("unknown_outcome", "cut It is not repeated.", Counts: true), next);
    }

    [Fact]
    public void What_failed_before_its_call_uses_up_no_attempt_and_comes_back_soon_when_it_will_pass()
    {
        Exception[] all =
        [
            new NpgsqlException("gone", new IOException()), new PostgresException("ended", "FATAL", "FATAL", "57P01"), new OperationCanceledException(),
            new TimeoutException(),
        ];
        foreach (var passing in all)
            Assert.Equal((Now.AddSeconds(5), false), NextStep.AfterMishap(passing, Now) is var again ? (again.At, again.Counts) : default);
        Assert.Equal(Now.AddMinutes(5), NextStep.AfterMishap(new InvalidOperationException(), Now).At);
    }

    [Fact]
    public void Only_calls_that_may_have_arrived_count_and_nothing_ever_comes_back_late() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 3], Gen.Int[1, 100_000], Gen.Bool, Gen.Double[0, 1]).Sample((kind, attempts, life, hasOther, jitter) =>
        {
            SendOutcome[] outcomes =
            [
                new SendOutcome.Sent("1"), new SendOutcome.Throttled(TimeSpan.FromSeconds(40), "429"), new SendOutcome.RecipientGone("403"),
                new SendOutcome.Rejected("400"), new SendOutcome.Unknown("cut"), new SendOutcome.NeverSent("refused"), new SendOutcome.SenderRefused("401"),
            ];
            var next = After(outcomes[kind], attempts, hasOther, jitter, expiresAt: Now.AddSeconds(life));

            if (next is NextStep.Again again)
            {
                Assert.Equal(outcomes[kind] is SendOutcome.Unknown, again.Counts);
                Assert.InRange(again.At, Now, Now.AddSeconds(life));
                Assert.False(again.Counts && attempts >= MaxAttempts);
            }
            else if (next is NextStep.GivenUp { Code: "expired" } expired)
                Assert.Equal(outcomes[kind] is SendOutcome.Unknown, expired.Counts);
        });

    private static NextStep After(
        SendOutcome outcome, int attempts, bool hasOtherWay = false, double jitter = 0, string type = "payment_received",
        DateTimeOffset? createdAt = null, DateTimeOffset? expiresAt = null) =>
        NextStep.After(
            outcome, new CallSituation(TemplateCatalog.Get(type), attempts, MaxAttempts, hasOtherWay, createdAt ?? Now, expiresAt ?? Expiry), jitter, Now);
}
