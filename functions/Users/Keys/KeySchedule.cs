namespace ServerlessBusiness.Users.Keys;

/// <summary>When a key signs and when the next one is made: the next is published a day before it signs, and a key signs no token that would outlive it.</summary>
internal static class KeySchedule
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);
    public static readonly TimeSpan Lead = TimeSpan.FromDays(1);

    /// <summary>
    /// The key that signs now: of those that may, the one that began last. Another instance's clock may be ahead: when none has begun yet, the
    /// first that will.
    /// </summary>
    /// <exception cref="InvalidOperationException">Every key has stopped signing.</exception>
    public static SigningKeyRow Current(IEnumerable<SigningKeyRow> keys, DateTimeOffset now, TimeSpan tokenLife)
    {
        var signing = keys.Where(key => now < EndOf(key, tokenLife)).OrderBy(key => key.SignsFrom).ToList();
        return signing.LastOrDefault(key => key.SignsFrom <= now) ?? signing.First();
    }

    /// <summary>From when on a new key has to sign; null while none is needed.</summary>
    public static DateTimeOffset? NextSignsFrom(IReadOnlyList<SigningKeyRow> keys, DateTimeOffset now, TimeSpan tokenLife)
    {
        var covered = keys.Select(key => EndOf(key, tokenLife)).DefaultIfEmpty(now).Max();
        if (covered <= now)
            return now;
        return covered - now <= Lead ? covered : null;
    }

    /// <summary>From then on it signs no more.</summary>
    public static DateTimeOffset EndOf(SigningKeyRow key, TimeSpan tokenLife) => key.RetiresAt - tokenLife;
}
