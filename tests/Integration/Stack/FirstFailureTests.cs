using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class FirstFailureTests : IDisposable
{
    private const string Sentence = "PostgreSQL ended by itself.";

    private readonly CancellationTokenSource others = new();
    private readonly TaskCompletionSource<string> ended = new();

    public void Dispose() => others.Dispose();

    [Fact]
    public async Task What_ends_beside_those_that_start_ends_their_start_with_its_sentence()
    {
        var waiting = Task.Delay(Timeout.Infinite, others.Token);
        var all = FirstFailure.WhenAllAsync([waiting], ended.Task, others);
        ended.SetResult(Sentence);

        Assert.Equal(Sentence, (await Assert.ThrowsAsync<StackException>(() => all)).Message);
        Assert.True(waiting.IsCanceled);
    }

    [Fact]
    public async Task What_failed_because_of_it_is_not_blamed_though_it_was_first()
    {
        var all = FirstFailure.WhenAllAsync([Task.FromException(new IOException("The connection broke."))], ended.Task, others);
        ended.SetResult(Sentence);

        var failure = await Assert.ThrowsAsync<StackException>(() => all);
        Assert.Equal(Sentence, failure.Message);
        Assert.IsType<IOException>(failure.InnerException);
    }

    [Fact]
    public async Task Being_asked_to_stop_is_no_failure()
    {
        var all = FirstFailure.WhenAllAsync([Task.Delay(Timeout.Infinite, others.Token)], ended.Task, others);
        await others.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all);
    }
}
