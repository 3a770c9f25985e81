using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Billing.Collection;

public sealed class TurnsTests
{
    [Fact]
    public void Everybody_has_a_turn_before_anybody_has_another()
    {
        var tenants = Enumerable.Range(0, 5).Select(number => TenantId.Parse($"t{number}")).ToArray();
        var turns = new Turns(tenants, atOnce: 2);
        var first = turns.Next();
        turns.Again(first);
        var second = turns.Next();
        turns.Again([second[1]]);
        var third = turns.Next();

        Assert.Equal(tenants.ToHashSet(), first.Concat(second).Append(third[0]).ToHashSet());
        Assert.Equal(first[0], third[1]);
        Assert.Equal([first[1], second[1]], turns.Next());
        Assert.Empty(turns.Next());
    }
}
