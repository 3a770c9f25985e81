namespace ServerlessBusiness.Local.Stack;

internal static class FirstFailure
{
    /// <summary>Waits for all; the first that fails cancels the others, and it is its exception that is thrown.</summary>
    public static async Task WhenAllAsync(IReadOnlyList<Task> work, CancellationTokenSource others)
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
