using ServerlessBusiness.Shared.Problems;
using static BCrypt.Net.BCrypt;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>
/// bcrypt of cost 12 over SHA-384 of the password, so that all of a long one counts. One hash per core runs at a time and few wait:
/// a flood of sign-ins is told to come back instead of starving every other request.
/// </summary>
public sealed class PasswordHasher : IDisposable
{
    private const int Cost = 12;
    private const int WaitingPerCore = 32;

    // Compared when there is no such account, so that an unknown name takes as long as a wrong password.
    private static readonly string Dummy = EnhancedHashPassword("no account has this password", Cost);

    private readonly SemaphoreSlim cores = new(Environment.ProcessorCount);
    private int waiting;

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => EnhancedHashPassword(password, Cost), cancellationToken);

    /// <summary>Whether the password is that of the hash; without a hash it is not, after the same time.</summary>
    public Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        RunAsync(() => EnhancedVerify(password, hash ?? Dummy) && hash is not null, cancellationToken);

    public void Dispose() => cores.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref waiting) > WaitingPerCore * Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref waiting);
            throw ProblemException.Unavailable("SIGN_IN_BUSY", "Too many people are signing in right now. Try again shortly.", TimeSpan.FromSeconds(2));
        }

        try
        {
            await cores.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(work, cancellationToken);
            }
            finally
            {
                cores.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }
}
