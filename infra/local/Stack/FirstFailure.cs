using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

internal static class FirstFailure
{
    // The system tells of the end of a process a moment after its connections have broken.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>Waits for all; the first that fails cancels the others, and it is its exception that is thrown.</summary>
    /// <param name="ended">
    /// Completes with a sentence when something is gone that they need. That is a failure too, and the reason for whatever they say of themselves.
    /// </param>
    /// <exception cref="StackException">With the sentence.</exception>
    public static async Task WhenAllAsync(IReadOnlyList<Task> work, Task<string> ended, CancellationTokenSource others)
    {
        var all = WhenAllAsync(work, others);
        if (await Task.WhenAny(all, ended) == ended)
            await others.CancelAsync();
        try
        {
            await all;
        }
        catch (Exception exception)
        {
            if (exception is not OperationCanceledException)
                await Task.WhenAny(ended, Task.Delay(Moment));
            if (!ended.IsCompletedSuccessfully)
                throw;
            throw new StackException(await ended, exception);
        }
    }

    private static async Task WhenAllAsync(IReadOnlyList<Task> work, CancellationTokenSource others)
    {
        await foreach (var done in Task.WhenEach(work))
        {
            if (done.IsCompletedSuccessfully)
                continue;
            await others.CancelAsync();
            // Each of them is awaited to its end, so that nothing is still starting while we stop.
            await ((Task)Task.WhenAll(work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await done;
        }
    }
}
