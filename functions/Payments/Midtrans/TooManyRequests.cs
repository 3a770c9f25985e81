using System.Collections.Concurrent;
using System.Net.Http.Headers;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>After a 429 an account makes nothing new at that host until the wait that was asked for is over; without a word about it, a few seconds.</summary>
public sealed class TooManyRequests(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Account, string Host), DateTimeOffset> until = new();

    /// <summary>How long is still to be waited, or null.</summary>
    public TimeSpan? WaitOf(MerchantAccount account, Uri address)
    {
        var key = KeyOf(account, address);
        if (!until.TryGetValue(key, out var end))
            return null;
        if (end - time.GetUtcNow() is { Ticks: > 0 } left)
            return left;
        until.TryRemove(KeyValuePair.Create(key, end));
        return null;
    }

    /// <summary>How long an answer asks to wait: in seconds, or until a moment, which is counted by the answer's own clock when it tells it.</summary>
    public static TimeSpan? WaitOf(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } moment } => moment - (headers.Date ?? now),
            _ => TimeSpan.Zero,
        };
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>Remembers a 429; returns the wait.</summary>
    public TimeSpan Note(MerchantAccount account, Uri address, TimeSpan? asked)
    {
        // Spread, so that not all of our processes come back in the same moment.
        var wait = asked ?? TimeSpan.FromSeconds(2 + (3 * Random.Shared.NextDouble()));
        wait = wait > Longest ? Longest : wait;
        until[KeyOf(account, address)] = time.GetUtcNow() + wait;
        return wait;
    }

    // The platform's account is one, whichever tenant is charged through it.
    private static (string Account, string Host) KeyOf(MerchantAccount account, Uri address) =>
        (account.Id?.ToString() ?? "platform", address.Authority);
}
