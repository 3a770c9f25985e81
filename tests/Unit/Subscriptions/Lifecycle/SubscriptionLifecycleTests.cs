using ServerlessBusiness.Subscriptions.Lifecycle;
using static ServerlessBusiness.Subscriptions.Lifecycle.SubscriptionCommand;
using static ServerlessBusiness.Subscriptions.Lifecycle.SubscriptionStatus;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class SubscriptionLifecycleTests
{
    private static readonly Dictionary<(SubscriptionStatus, SubscriptionCommand), SubscriptionStatus> Allowed = new()
    {
        [(Pending, Activate)] = Active,
        [(Pending, Cancel)] = Cancelled,
        [(Pending, Expire)] = Expired,
        [(Trialing, Renew)] = Active,
        [(Trialing, Change)] = Trialing,
        [(Trialing, ScheduleChange)] = Trialing,
        [(Trialing, ScheduleCancel)] = Trialing,
        [(Trialing, Undo)] = Trialing,
        [(Trialing, SetAutoRenew)] = Trialing,
        [(Trialing, Cancel)] = Cancelled,
        [(Trialing, Expire)] = Expired,
        [(Active, Renew)] = Active,
        [(Active, Change)] = Active,
        [(Active, ScheduleChange)] = Active,
        [(Active, ScheduleCancel)] = Active,
        [(Active, Undo)] = Active,
        [(Active, SetAutoRenew)] = Active,
        [(Active, Pause)] = Paused,
        [(Active, Suspend)] = Suspended,
        [(Active, Cancel)] = Cancelled,
        [(Active, Expire)] = Expired,
        [(Paused, Resume)] = Active,
        [(Paused, Cancel)] = Cancelled,
        [(Suspended, Reinstate)] = Active,
        [(Suspended, Cancel)] = Cancelled,
        [(Suspended, Expire)] = Expired,
    };

    public static TheoryData<SubscriptionStatus, SubscriptionCommand> EveryCase()
    {
        var cases = new TheoryData<SubscriptionStatus, SubscriptionCommand>();
        foreach (var status in Enum.GetValues<SubscriptionStatus>())
        {
            foreach (var command in Enum.GetValues<SubscriptionCommand>())
                cases.Add(status, command);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCase))]
    public void A_command_moves_where_the_table_says_and_nowhere_else(SubscriptionStatus status, SubscriptionCommand command)
    {
        SubscriptionStatus? expected = Allowed.TryGetValue((status, command), out var next) ? next : null;

        Assert.Equal(expected, SubscriptionLifecycle.Next(status, command));
    }

    [Theory]
    [InlineData(Cancelled)]
    [InlineData(Expired)]
    public void What_has_ended_stays_so(SubscriptionStatus status)
    {
        Assert.All(Enum.GetValues<SubscriptionCommand>(), command => Assert.Null(SubscriptionLifecycle.Next(status, command)));
    }
}
