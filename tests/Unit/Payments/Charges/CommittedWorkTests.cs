using Microsoft.Extensions.Logging.Abstractions;
using ServerlessBusiness.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class CommittedWorkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly CommittedWork committed = new(NullLogger<CommittedWork>.Instance);
    private readonly TaskCompletionSource<string> provider = new();

    [Fact]
    public async Task Who_waits_is_told_what_came_of_it()
    {
        provider.SetResult("done");

        Assert.Equal("done", await committed.RunAsync(_ => provider.Task, Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Its_failure_is_his_who_waits()
    {
        provider.SetException(new InvalidOperationException());

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => committed.RunAsync(_ => provider.Task, Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_goes_on_without_one_who_waits_no_longer()
    {
        var work = WorkAsync();
        var answer = await committed.RunAsync(_ => work, TimeSpan.Zero, TestContext.Current.CancellationToken);
        provider.SetResult("done");

        Assert.Null(answer);
        Assert.Equal("done, and kept", await work);
    }

    [Fact]
    public async Task It_is_not_cut_off_when_its_caller_leaves()
    {
        using var caller = new CancellationTokenSource();
        var given = CancellationToken.None;
        Task<string>? work = null;
        var waiting = committed.RunAsync(
            token =>
            {
                given = token;
                return work = WorkAsync();
            },
            Long, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        provider.SetResult("done");

        Assert.False(given.CanBeCanceled);
        Assert.Equal("done, and kept", await work!);
    }

    private async Task<string> WorkAsync() => $"{await provider.Task}, and kept";
}
