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
    private readonly PasswordScheme scheme;
    private readonly BlockingCollection<Action> queue;

    public PasswordHasher(IOptions<PasswordOptions> options)
    {
        scheme = new PasswordScheme(Encoding.UTF8.GetBytes(options.Value.Pepper), options.Value.Cost);
        queue = new BlockingCollection<Action>(WaitingPerCore(options.Value.Cost) * Environment.ProcessorCount);
        for (var core = 0; core < Environment.ProcessorCount; core++)
            new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
    }

    /// <exception cref="ProblemException">503 when too many wait already.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => QueueAsync(() => scheme.Hash(password), cancellationToken);

    /// <summary>Whether the password is that of the hash; without a hash it is not, after the same time.</summary>
    /// <exception cref="ProblemException">503 when too many wait already.</exception>
    public Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        QueueAsync(() => scheme.Verify(password, hash ?? scheme.OfNobody) && hash is not null, cancellationToken);

    /// <summary>Whether a hash is of an older scheme or a lower cost and is made anew when its password is known.</summary>
    public bool IsOld(string hash) => scheme.IsOld(hash);

    public void Dispose() => queue.CompleteAdding();

    // Eight seconds of work at any cost that Production takes: who waited longer might lose his place at the lockout before he is looked at.
    internal static int WaitingPerCore(int cost) => 32 >> Math.Max(cost - PasswordScheme.LeastCost, 0);

    private async Task<T> QueueAsync<T>(Func<T> work, CancellationToken cancellationToken)
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
        foreach (var work in queue.GetConsumingEnumerable())
            work();
    }
}
