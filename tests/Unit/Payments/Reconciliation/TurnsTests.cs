using ServerlessBusiness.Payments.Reconciliation;

namespace ServerlessBusiness.Tests.Unit.Payments.Reconciliation;

public sealed class TurnsTests
{
    private readonly List<string> taken = [];

    [Fact]
    public async Task Each_kind_has_its_turn_before_any_has_its_second()
    {
        await Turns.TakeAsync(() => false, Pages("look-up", 3), Pages("refund", 2), Pages("unlink", 0));

        Assert.Equal(["look-up", "refund", "unlink", "look-up", "refund", "look-up", "refund", "look-up"], taken);
    }

    [Fact]
    public async Task When_the_time_is_over_the_rest_is_left()
    {
        await Turns.TakeAsync(() => taken.Count == 3, Pages("look-up", int.MaxValue), Pages("refund", int.MaxValue));

        Assert.Equal(["look-up", "refund", "look-up"], taken);
    }

    private Func<Task<bool>> Pages(string kind, int full) => () =>
    {
        taken.Add(kind);
        return Task.FromResult(taken.Count(other => other == kind) <= full);
    };
}
