using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class GatheredTests
{
    [Fact]
    public async Task What_comes_while_a_call_is_on_its_way_goes_together_and_each_gets_its_own_result()
    {
        var calls = new List<int>();
        var first = new TaskCompletionSource();
        var gathered = new Gathered<int, int>(most: 5, async items =>
        {
            calls.Add(items.Count);
            if (calls.Count == 1)
                await first.Task;
            return [.. items.Select(item => Task.FromResult(item * 10))];
        });
        var lonely = gathered.RunAsync(0);
        while (calls.Count == 0)
            await Task.Yield();
        var others = Enumerable.Range(1, 12).Select(gathered.RunAsync).ToList();
        first.SetResult();

        Assert.Equal(0, await lonely);
        Assert.Equal(Enumerable.Range(1, 12).Select(item => item * 10), await Task.WhenAll(others));
        Assert.Equal([1, 5, 5, 2], calls);
    }

    [Fact]
    public async Task A_call_that_fails_fails_for_all_of_its_items_and_the_next_one_works()
    {
        var fails = true;
        var gathered = new Gathered<int, int>(most: 5, items => fails ? throw new InvalidOperationException("down") : Task.FromResult<IReadOnlyList<Task<int>>>([.. items.Select(Task.FromResult)]));

        await Assert.ThrowsAsync<InvalidOperationException>(() => gathered.RunAsync(1));
        fails = false;
        Assert.Equal(2, await gathered.RunAsync(2));
    }

    [Fact]
    public async Task An_item_that_fails_in_a_call_that_does_not_fails_alone()
    {
        var gathered = new Gathered<int, int>(most: 5, items => Task.FromResult<IReadOnlyList<Task<int>>>(
            [.. items.Select(item => item < 0 ? Task.FromException<int>(new InvalidOperationException("its tenant")) : Task.FromResult(item))]));
        var (good, bad) = (gathered.RunAsync(1), gathered.RunAsync(-1));

        Assert.Equal(1, await good);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
    }
}
