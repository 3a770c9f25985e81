using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class SubscriptionLifecycleTests
{
    private static readonly Dictionary<(SubscriptionStatus, SubscriptionCommand), SubscriptionStatus> Allowed = new()
    {
        [(SubscriptionStatus.Pending, SubscriptionCommand.Activate)] = SubscriptionStatus.Active,
        [(SubscriptionStatus.Pending, SubscriptionCommand.Cancel)] = SubscriptionStatus.Cancelled,
        [(SubscriptionStatus.Pending, SubscriptionCommand.Expire)] = SubscriptionStatus.Expired,
        [(SubscriptionStatus.Active, SubscriptionCommand.Suspend)] = SubscriptionStatus.Suspended,
        [(SubscriptionStatus.Active, SubscriptionCommand.Cancel)] = SubscriptionStatus.Cancelled,
        [(SubscriptionStatus.Active, SubscriptionCommand.Expire)] = SubscriptionStatus.Expired,
        [(SubscriptionStatus.Suspended, SubscriptionCommand.Reinstate)] = SubscriptionStatus.Active,
        [(SubscriptionStatus.Suspended, SubscriptionCommand.Cancel)] = SubscriptionStatus.Cancelled,
        [(SubscriptionStatus.Suspended, SubscriptionCommand.Expire)] = SubscriptionStatus.Expired,
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
    [InlineData(SubscriptionCommand.Activate)]
    [InlineData(SubscriptionCommand.Suspend)]
    [InlineData(SubscriptionCommand.Reinstate)]
    [InlineData(SubscriptionCommand.Cancel)]
    [InlineData(SubscriptionCommand.Expire)]
    public void A_command_leads_to_one_status_wherever_it_starts(SubscriptionCommand command)
    {
        Assert.Single(SubscriptionLifecycle.From(command).Select(status => SubscriptionLifecycle.Next(status, command)).Distinct());
    }
}
