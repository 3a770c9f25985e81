using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Unit.Shared.Contracts;

public sealed class RenewalChargeTests
{
    private static readonly Guid Subscription = Guid.Parse("01930000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Both_sides_call_a_charge_by_the_same_id()
    {
        // Charges stand in two databases under it: it must never change.
        Assert.Equal(Guid.Parse("04a755d2-85a6-8f53-a34e-798cabaf99c3"), RenewalCharge.IdOf(Subscription, Start));
        Assert.Equal(RenewalCharge.IdOf(Subscription, Start), RenewalCharge.IdOf(Subscription, Start.ToOffset(TimeSpan.FromHours(7))));
    }

    [Fact]
    public void Every_period_of_every_subscription_has_its_own()
    {
        var ids = new[]
        {
            RenewalCharge.IdOf(Subscription, Start), RenewalCharge.IdOf(Subscription, Start.AddMicroseconds(1)),
            RenewalCharge.IdOf(Guid.CreateVersion7(), Start),
        };

        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(8, id.Version));
    }
}
