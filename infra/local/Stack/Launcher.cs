using System.Diagnostics;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Runs a stack until it is asked to stop. What goes wrong is told in a sentence.</summary>
internal static class Launcher
{
    /// <summary>The exit code: 0 when it was asked to stop, 1 when something went wrong.</summary>
    public static async Task<int> RunAsync(StackOptions options)
    {
        using var signals = new StopSignals();
        try
        {
            if (options.Containers)
                ContainerEngines.Use();
            var watch = Stopwatch.StartNew();
            await using var stack = await LocalStack.StartAsync(options, Console.WriteLine, signals.Token);
            Report.Write(stack, watch.Elapsed, options);
            var failure = await WaitAsync(stack, signals.Token);
            Console.WriteLine(failure is null ? "Stopping." : "Stopping, because a part of the stack has ended.");
            if (failure is null)
                return 0;
            await Console.Error.WriteLineAsync(failure);
            return 1;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (StackException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The stack could not write or read a file: {problem.Message} Check the free space "
                + "and the rights, or choose another folder with --data.");
            return 1;
        }
    }

    private static async Task<string?> WaitAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        try
        {
            return await stack.Failed.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
