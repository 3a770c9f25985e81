using System.Diagnostics;

namespace ServerlessBusiness.Local.Processes;

/// <summary>Waits until a part answers a real question.</summary>
public static class Readiness
{
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer is null, which means ready; any other answer is the reason why not yet.</summary>
    public static async Task WaitAsync(
        string name, Func<CancellationToken, Task<string?>> ask, TimeSpan deadline, ChildProcess? child, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            attempt.CancelAfter(TimeSpan.FromSeconds(5));
            var reason = await AskAsync(ask, attempt.Token, cancellationToken);
            if (reason is null)
                return;
            if (child is { HasExited: true })
                throw new StackException($"{name} ended with exit code {child.ExitCode} while it was starting. The end of "
                    + $"{child.LogFile}:\n{child.LogTail()}");
            if (watch.Elapsed > deadline)
                throw new StackException($"{name} was not ready after {deadline.TotalSeconds:0} s: {reason}{LogOf(child)}");
            await Task.Delay(BetweenQuestions, cancellationToken);
        }
    }

    private static async Task<string?> AskAsync(
        Func<CancellationToken, Task<string?>> ask, CancellationToken attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(attempt);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it did not answer within 5 s.";
        }
    }

    private static string LogOf(ChildProcess? child) => child is null ? "" : $"\nThe end of {child.LogFile}:\n{child.LogTail()}";
}
