using CsCheck;
using Npgsql;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Tests.Unit.Shared;

public sealed class GroupedCallsTests
{
    [Fact]
    public async Task What_arrives_during_a_write_goes_together_with_the_next()
    {
        var groups = new List<int[]>();
        var first = new TaskCompletionSource();
        var writes = new GroupedCalls<string, int, int>(
            async (_, items) =>
            {
                lock (groups)
                    groups.Add([.. items]);
                if (items[0] == 1)
                    await first.Task;
                return [.. items.Select(item => item * 10)];
            },
            _ => 1, largest: 3);
        var results = new List<Task<int>> { writes.AddAsync("a", 1) };
        SpinWait.SpinUntil(() => { lock (groups) { return groups.Count == 1; } });
        results.AddRange(Enumerable.Range(2, 4).Select(item => writes.AddAsync("a", item)));
        first.SetResult();

        var all = await Task.WhenAll(results);
        Assert.Equal([10, 20, 30, 40, 50], all);
        Assert.Equal(["1", "2 3 4", "5"], groups.Select(group => string.Join(' ', group)));
    }

    [Fact]
    public async Task Where_enough_waits_a_second_write_goes_beside_the_first_and_never_a_third()
    {
        var (under, most) = (0, 0);
        var both = new TaskCompletionSource();
        var groups = new List<int[]>();
        var writes = new GroupedCalls<string, int, int>(
            async (_, items) =>
            {
                lock (groups)
                {
                    groups.Add([.. items]);
                    most = Math.Max(most, ++under);
                    if (under == 2)
                        both.TrySetResult();
                }

                await both.Task;
                lock (groups)
                    under--;
                return items;
            },
            item => item, largest: 20, enoughForTwo: 5);
        var results = new[] { 9, 1, 2, 3, 8, 7, 6 }.Select(item => writes.AddAsync("a", item)).ToList();

        var all = await Task.WhenAll(results);
        Assert.Equal([9, 1, 2, 3, 8, 7, 6], all);
        Assert.Equal(2, most);
        Assert.Equal([1, 2, 3, 6, 7, 8, 9], groups.SelectMany(group => group).Order());
    }

    [Fact]
    public async Task A_failed_write_fails_those_in_it_and_nobody_else()
    {
        var writes = new GroupedCalls<string, int, int>(
            (_, items) => items.Contains(13) ? throw new InvalidOperationException("unlucky") : Task.FromResult<IReadOnlyList<int>>([.. items]),
            _ => 1, largest: 1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => writes.AddAsync("a", 13));
        Assert.Equal(7, await writes.AddAsync("a", 7));
    }

    [Fact]
    public async Task What_fails_for_one_key_fails_for_no_other()
    {
        var writes = new GroupedCalls<string, int, int>(
            (key, items) => key == "bad" ? throw new InvalidOperationException("its tenant") : Task.FromResult(items), _ => 1, largest: 5);
        var (good, bad) = (writes.AddAsync("good", 1), writes.AddAsync("bad", 2));

        Assert.Equal(1, await good);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
    }

    [Fact]
    public async Task What_the_database_cannot_take_fails_alone_and_the_rest_of_its_group_is_written()
    {
        var first = new TaskCompletionSource();
        var writes = new GroupedCalls<string, int, int>(
            async (_, items) =>
            {
                if (items[0] == 1)
                    await first.Task;
                return items.Contains(13) ? throw new PostgresException("no", "ERROR", "ERROR", "22021") : items;
            },
            _ => 1, largest: 10);
        var results = new[] { 1, 7, 13, 8 }.Select(item => writes.AddAsync("a", item)).ToList();
        first.SetResult();

        await Assert.ThrowsAsync<PostgresException>(() => results[2]);
        var others = await Task.WhenAll(results[0], results[1], results[3]);
        Assert.Equal([1, 7, 8], others);
    }

    [Fact]
    public Task Everyone_gets_his_own_result_whatever_the_keys() => Gen.Int[0, 3].Array[1, 200].SampleAsync(async keys =>
    {
        var writes = new GroupedCalls<int, int, int>(
            async (_, items) =>
            {
                await Task.Yield();
                return [.. items];
            },
            _ => 1, largest: 7);
        var results = await Task.WhenAll(keys.Select((key, item) => Task.Run(() => writes.AddAsync(key, item))));
        Assert.Equal(Enumerable.Range(0, keys.Length), results);
    });
}
