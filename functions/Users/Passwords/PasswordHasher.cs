using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>
/// Hashes passwords on threads of its own, one per core, and lets few wait: a flood of sign-ins is told to come back instead of
/// starving every other request.
/// </summary>
public sealed class PasswordHasher : IDisposable
{
    private const int WaitingPerCore = 32;

    private readonly PasswordScheme scheme;

    // Compared when there is no such account, so that an unknown name takes as long as a wrong password.
    private readonly string dummy;
    private readonly BlockingCollection<Action> queue = new(WaitingPerCore * Environment.ProcessorCount);

    // What is hashed for the time it takes only: whoever hammers a locked account keeps nobody else waiting.
    private readonly BlockingCollection<Action> idle = new(WaitingPerCore * Environment.ProcessorCount);

    public PasswordHasher(IOptions<PasswordOptions> options)
    {
        scheme = new PasswordScheme(Encoding.UTF8.GetBytes(options.Value.Pepper));
        dummy = scheme.Hash("no account has this password");
        for (var core = 0; core < Environment.ProcessorCount; core++)
            new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
    }

    /// <exception cref="ProblemException">503 when too many wait already.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => QueueAsync(queue, () => scheme.Hash(password), cancellationToken);

    /// <summary>Whether the password is that of the hash; without a hash it is not, after the same time.</summary>
    /// <exception cref="ProblemException">503 when too many wait already.</exception>
    public Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        QueueAsync(queue, () => scheme.Verify(password, hash ?? dummy) && hash is not null, cancellationToken);

    /// <summary>Takes the time of a hash, after everybody whose password is looked at.</summary>
    /// <exception cref="ProblemException">503 when too many wait already.</exception>
    public Task PretendAsync(string password, CancellationToken cancellationToken) =>
        QueueAsync(idle, () => scheme.Verify(password, dummy), cancellationToken);

    public void Dispose()
    {
        queue.CompleteAdding();
        idle.CompleteAdding();
    }

    private static async Task<T> QueueAsync<T>(BlockingCollection<Action> queue, Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Who has gone away while waiting costs nothing.
        await using var left = cancellationToken.Register(() => done.TrySetCanceled(cancellationToken));
        var queued = queue.TryAdd(() =>
        {
            if (done.Task.IsCompleted)
                return;
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception failure)
            {
                done.TrySetException(failure);
            }
        });
        if (!queued)
            throw ProblemException.Unavailable("SIGN_IN_BUSY", "Too many people are signing in right now. Try again shortly.", TimeSpan.FromSeconds(2));
        return await done.Task;
    }

    private void Work()
    {
        // The first queue that has something, in this order; below nought when both are closed.
        BlockingCollection<Action>[] queues = [queue, idle];
        while (!queue.IsAddingCompleted && BlockingCollection<Action>.TryTakeFromAny(queues, out var work, Timeout.Infinite) >= 0)
            work!();
    }
}
