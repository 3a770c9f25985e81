namespace ServerlessBusiness.Shared.Auth;

/// <summary>Whether a token is good at this instant by our own clock; thirty seconds of skew are forgiven.</summary>
internal static class Lifetime
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static bool Holds(DateTime? notBefore, DateTime? expires, DateTimeOffset now) =>
        expires is { } end && now.UtcDateTime < end + Skew && (notBefore is not { } begin || now.UtcDateTime >= begin - Skew);
}
